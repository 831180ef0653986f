//! Sources that answer with the same socket for as long as they live.

use std::{any::TypeId, sync::Arc};

use crate::os::OwnedSocket;

/// Whether an `S` always answers with the same socket: one of std's types, which never change behind a
/// shared reference. Any other type is asked each time.
#[inline(always)]
pub(super) fn is_steady<S: 'static>() -> bool {
    let source = TypeId::of::<S>();
    #[cfg(windows)]
    {
        use std::net::{TcpStream, UdpSocket};

        if source == TypeId::of::<TcpStream>()
            || source == TypeId::of::<Arc<TcpStream>>()
            || source == TypeId::of::<UdpSocket>()
        {
            return true;
        }
    }
    source == TypeId::of::<OwnedSocket>() || source == TypeId::of::<Arc<OwnedSocket>>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_types_themselves_are_steady() {
        assert!(is_steady::<OwnedSocket>() && is_steady::<Arc<OwnedSocket>>());
        assert!(!is_steady::<Box<OwnedSocket>>() && !is_steady::<Arc<Arc<OwnedSocket>>>());
        assert!(!is_steady::<&OwnedSocket>() && !is_steady::<&&'static str>());
    }
}
