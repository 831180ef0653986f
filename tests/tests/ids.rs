//! Control codes, and the ids of extension functions, against the literal values of the SDK.
#![allow(clippy::cast_lossless)] // reason: a table compares numbers of many types in one

use iocp_sys as sys;
use iocp_tests::check_constants;

/// Behaviour 33: Control codes, literally.
#[test]
#[rustfmt::skip]
#[allow(clippy::too_many_lines)] // reason: a table
fn the_control_codes_are_those_of_the_sdk() {
    check_constants! {
        FIONBIO = 0x8004_667E,
        FIONREAD = 0x4004_667F,
        SIO_GET_EXTENSION_FUNCTION_POINTER = 0xC800_0006,
        SIO_KEEPALIVE_VALS = 0x9800_0004,
        SIO_UDP_CONNRESET = 0x9800_000C,
        IOCTL_AFD_POLL = 0x0001_2024,
        SIO_ADDRESS_LIST_CHANGE = 0x2800_0017,
        SIO_ADDRESS_LIST_QUERY = 0x4800_0016,
        SIO_BASE_HANDLE = 0x4800_0022,
        SIO_BSP_HANDLE = 0x4800_001B,
        SIO_BSP_HANDLE_POLL = 0x4800_001D,
        SIO_BSP_HANDLE_SELECT = 0x4800_001C,
        SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER = 0xC800_0024,
        SIO_IDEAL_SEND_BACKLOG_CHANGE = 0x2000_747A,
        SIO_IDEAL_SEND_BACKLOG_QUERY = 0x4004_747B,
        SIO_LOOPBACK_FAST_PATH = 0x9800_0010,
        SIO_ROUTING_INTERFACE_CHANGE = 0x8800_0015,
    }
}

/// Behaviour 33: the names under which a provider hands out its extension functions.
#[test]
#[rustfmt::skip]
fn the_ids_of_the_extension_functions_are_those_of_the_sdk() {
    macro_rules! ids {
        ($($name:ident = ($a:literal, $b:literal, $c:literal, $d:expr),)+) => {
            $({
                let id = sys::$name;
                let name = stringify!($name);
                assert_eq!((id.Data1, id.Data2, id.Data3, id.Data4), ($a, $b, $c, $d), "{name}");
            })+
        };
    }
    ids! {
        WSAID_ACCEPTEX = (0xb5367df1, 0xcbac, 0x11cf, [0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92]),
        WSAID_CONNECTEX = (0x25a207b9, 0xddf3, 0x4660, [0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e]),
        WSAID_DISCONNECTEX = (0x7fda2e11, 0x8630, 0x436f, [0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57]),
        WSAID_GETACCEPTEXSOCKADDRS = (0xb5367df2, 0xcbac, 0x11cf, [0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92]),
        WSAID_MULTIPLE_RIO = (0x8509e081, 0x96dd, 0x4005, [0xb1, 0x65, 0x9e, 0x2e, 0xe8, 0xc7, 0x9e, 0x3f]),
        WSAID_TRANSMITFILE = (0xb5367df0, 0xcbac, 0x11cf, [0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92]),
        WSAID_TRANSMITPACKETS = (0xd9689da0, 0x1f90, 0x11d3, [0x99, 0x71, 0x00, 0xc0, 0x4f, 0x68, 0xc8, 0x76]),
        WSAID_WSAPOLL = (0x18c76f85, 0xdc66, 0x4964, [0x97, 0x2e, 0x23, 0xc2, 0x72, 0x38, 0x31, 0x2b]),
        WSAID_WSARECVMSG = (0xf689d7c8, 0x6f1f, 0x436b, [0x8a, 0x53, 0xe5, 0x4f, 0xe3, 0x51, 0xc3, 0x22]),
        WSAID_WSASENDMSG = (0xa441e712, 0x754f, 0x43ca, [0x84, 0xa7, 0x0d, 0xee, 0x44, 0xcf, 0x60, 0x6d]),
    }
}
