"""How Sphinx makes the pages: ``make docs``. Nothing is fetched from anywhere."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent)]

project = "exchange"
author = "the authors of exchange"
version = release = version_of("exchange")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "from_code"]
exclude_patterns = ["_extensions", "changes"]

# Headings are linked to as they are on the pages of a repository.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.xref_ambiguous"]

# What is shown of the public names: all that is theirs, in the order of their texts.
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_use_rtype = False
napoleon_use_ivar = True
default_role = "code"
# Names of Python, Twisted and zope.interface stand in other documents, and none is asked for over the network.
# Those of modules of ours that are not public have no page.
nitpick_ignore_regex = [("py:.*", r"(?!exchange\.[A-Za-z_]+$).*")]

html_theme = "furo"
html_title = f"exchange {version}"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"
