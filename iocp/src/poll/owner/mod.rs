//! What users hold of a source: the stream, the listener, the UDP socket, the waker.

/// What each owner of a socket has by the socket of `std`'s beneath.
macro_rules! socket_owner {
    ($owner:ident, $($socket:tt)+) => {
        #[cfg(windows)]
        impl $owner {
            /// This end's address.
            ///
            /// # Errors
            ///
            #[doc = concat!("As `std::net::", stringify!($owner), "::local_addr`.")]
            pub fn local_addr(&self) -> std::io::Result<std::net::SocketAddr> {
                self.$($socket)+.local_addr()
            }
        }

        impl crate::os::AsSocket for $owner {
            fn as_socket(&self) -> crate::poll::native::BorrowedSocket<'_> {
                self.$($socket)+.as_socket()
            }
        }

        #[cfg(windows)]
        impl std::os::windows::io::AsRawSocket for $owner {
            fn as_raw_socket(&self) -> std::os::windows::io::RawSocket {
                self.$($socket)+.as_raw_socket()
            }
        }
    };
}

pub(crate) mod link;
pub(crate) mod listener;
pub(crate) mod stream;
pub(crate) mod udp;
pub(crate) mod waker;
