//! Nothing but dependencies.
