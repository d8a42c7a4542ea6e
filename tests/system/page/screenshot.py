"""Takes the picture of the page that the README shows: ``make screenshot``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.system.page.browser import Browser

ROOT = Path(__file__).parents[3]
PICTURE = ROOT / "docs" / "images" / "page.png"
SECONDS = 45
"""Until the lines of what has passed are long enough to be looked at."""


def main() -> None:
    """Take it."""
    words = [sys.executable, "-m", "tests.system.page.site", "nice"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        browser = Browser()
        try:
            browser.size(1080, 780)
            browser.open(json.loads(process.stdout.readline())["rome"])
            script = f"const done = arguments[arguments.length - 1]; setTimeout(done, {SECONDS * 1000})"
            browser.driver.set_script_timeout(2 * SECONDS)
            browser.driver.execute_async_script(script)
            browser.run(
                "document.querySelector('.node[aria-label*=\"orders\"]').dispatchEvent(new MouseEvent('click'))"
            )
            PICTURE.parent.mkdir(exist_ok=True)
            browser.driver.save_screenshot(str(PICTURE))
        finally:
            browser.quit()
            process.stdin.close()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
