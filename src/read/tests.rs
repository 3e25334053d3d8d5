//! Verification on a virtual clock.
