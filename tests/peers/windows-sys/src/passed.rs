//! Items that come from another version of windows-sys, one by one.
//!
//! iocp-sys leaves them out on purpose: they have nothing to do with completion ports, and none of
//! them mentions a struct of iocp-sys. `cargo xtask peers` prints this list and fails when iocp-sys
//! has one of its names.

/// Options of IP itself, protocol numbers and old families (socket2), `select` (rustix).
pub mod WinSock {
    pub use real::Win32::Networking::WinSock::{
        select, AF_DECnet, ADDRINFOA, AF_APPLETALK, AF_IPX, AF_IRDA, AF_SNA, FD_SET,
        IP6T_SO_ORIGINAL_DST, IPPROTO_AH, IPPROTO_EGP, IPPROTO_ESP, IPPROTO_FRAGMENT, IPPROTO_ICMP,
        IPPROTO_ICMPV6, IPPROTO_IDP, IPPROTO_IGMP, IPPROTO_PIM, IPPROTO_PUP, IPPROTO_RAW,
        IPPROTO_ROUTING, IPPROTO_SCTP, IPV6_ADD_MEMBERSHIP, IPV6_DROP_MEMBERSHIP,
        IPV6_MULTICAST_HOPS, IPV6_MULTICAST_IF, IPV6_MULTICAST_LOOP, IPV6_RECVTCLASS,
        IPV6_UNICAST_HOPS, IP_ADD_MEMBERSHIP, IP_ADD_SOURCE_MEMBERSHIP, IP_DROP_MEMBERSHIP,
        IP_DROP_SOURCE_MEMBERSHIP, IP_HDRINCL, IP_MULTICAST_IF, IP_MULTICAST_LOOP,
        IP_MULTICAST_TTL, IP_RECVTOS, IP_TOS, IP_TTL, SIO_TCP_SET_ACK_FREQUENCY, SOL_IP,
        SO_ORIGINAL_DST, TCP_ACK_FREQUENCY_PARAMETERS, TIMEVAL,
    };
}

/// Access rights of pipes (tokio).
pub mod FileSystem {
    pub use real::Win32::Storage::FileSystem::{WRITE_DAC, WRITE_OWNER};
}

/// Ctrl-C (tokio).
pub mod Console {
    pub use real::Win32::System::Console::{
        SetConsoleCtrlHandler, CTRL_BREAK_EVENT, CTRL_CLOSE_EVENT, CTRL_C_EVENT, CTRL_LOGOFF_EVENT,
        CTRL_SHUTDOWN_EVENT,
    };
}

/// Texts of errors (errno).
pub mod Debug {
    pub use real::Win32::System::Diagnostics::Debug::{
        FormatMessageW, FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS,
    };
}

/// Another one (tokio).
pub mod SystemServices {
    pub use real::Win32::System::SystemServices::ACCESS_SYSTEM_SECURITY;
}
