"""The wire protocol `visavis.1`, without sockets, clocks or other packages."""
