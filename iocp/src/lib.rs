//! Completion ports.
