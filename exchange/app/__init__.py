"""What people start: the twistd commands, the `exchange` command and the configuration of a site."""
