//! A look-alike of the service on loopback, for tests and for trying things out.
