//! Sockets: options, protocols, readiness, what TCP tells.

use std::mem::{align_of, offset_of, size_of};

use iocp_tests::check_constants;

/// Behaviour 33: options, protocols and events of sockets, literally.
#[test]
#[allow(clippy::too_many_lines)] // reason: a table
fn options_and_protocols_are_those_of_the_sdk() {
    check_constants! {
        AF_APPLETALK = 16,
        AF_DECnet = 12,
        AF_IPX = 6,
        AF_IRDA = 26,
        AF_SNA = 11,
        AI_ADDRCONFIG = 1024,
        AI_ALL = 256,
        AI_CANONNAME = 2,
        AI_NUMERICHOST = 4,
        AI_NUMERICSERV = 8,
        AI_PASSIVE = 1,
        AI_V4MAPPED = 2048,
        FD_ACCEPT = 8,
        FD_ACCEPT_BIT = 3,
        FD_CLOSE = 32,
        FD_CLOSE_BIT = 5,
        FD_CONNECT = 16,
        FD_CONNECT_BIT = 4,
        FD_MAX_EVENTS = 10,
        FD_OOB = 4,
        FD_OOB_BIT = 2,
        FD_READ = 1,
        FD_READ_BIT = 0,
        FD_SETSIZE = 64,
        FD_WRITE = 2,
        FD_WRITE_BIT = 1,
        FIONBIO = -2147195266,
        FIONREAD = 0x4004_667F,
        IOCTL_AFD_POLL = 0x1_2024,
        IP6T_SO_ORIGINAL_DST = 0x300F,
        IPPROTO_AH = 51,
        IPPROTO_EGP = 8,
        IPPROTO_ESP = 50,
        IPPROTO_FRAGMENT = 44,
        IPPROTO_ICMP = 1,
        IPPROTO_ICMPV6 = 58,
        IPPROTO_IDP = 22,
        IPPROTO_IGMP = 2,
        IPPROTO_PIM = 103,
        IPPROTO_PUP = 12,
        IPPROTO_RAW = 255,
        IPPROTO_ROUTING = 43,
        IPPROTO_SCTP = 132,
        IPV6_ADD_MEMBERSHIP = 12,
        IPV6_DONTFRAG = 14,
        IPV6_DROP_MEMBERSHIP = 13,
        IPV6_HOPLIMIT = 21,
        IPV6_MTU = 72,
        IPV6_MTU_DISCOVER = 71,
        IPV6_MULTICAST_HOPS = 10,
        IPV6_MULTICAST_IF = 9,
        IPV6_MULTICAST_LOOP = 11,
        IPV6_RECVTCLASS = 40,
        IPV6_TCLASS = 39,
        IPV6_UNICAST_HOPS = 4,
        IPV6_UNICAST_IF = 31,
        IP_ADD_MEMBERSHIP = 12,
        IP_ADD_SOURCE_MEMBERSHIP = 15,
        IP_DONTFRAGMENT = 14,
        IP_DROP_MEMBERSHIP = 13,
        IP_DROP_SOURCE_MEMBERSHIP = 16,
        IP_HDRINCL = 2,
        IP_HOPLIMIT = 21,
        IP_MTU = 73,
        IP_MTU_DISCOVER = 71,
        IP_MULTICAST_IF = 9,
        IP_MULTICAST_LOOP = 11,
        IP_MULTICAST_TTL = 10,
        IP_PMTUDISC_DO = 1,
        IP_PMTUDISC_DONT = 2,
        IP_PMTUDISC_NOT_SET = 0,
        IP_PMTUDISC_PROBE = 3,
        IP_RECVTOS = 40,
        IP_RECVTTL = 21,
        IP_TCLASS = 39,
        IP_TOS = 3,
        IP_TTL = 4,
        IP_UNICAST_IF = 31,
        NS_ALL = 0,
        NS_DNS = 12,
        SIO_ADDRESS_LIST_CHANGE = 0x2800_0017,
        SIO_ADDRESS_LIST_QUERY = 0x4800_0016,
        SIO_AF_UNIX_GETPEERPID = 0x5800_0100,
        SIO_BASE_HANDLE = 0x4800_0022,
        SIO_BSP_HANDLE = 0x4800_001B,
        SIO_BSP_HANDLE_POLL = 0x4800_001D,
        SIO_BSP_HANDLE_SELECT = 0x4800_001C,
        SIO_GET_EXTENSION_FUNCTION_POINTER = 0xC800_0006,
        SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER = 0xC800_0024,
        SIO_IDEAL_SEND_BACKLOG_CHANGE = 0x2000_747A,
        SIO_IDEAL_SEND_BACKLOG_QUERY = 0x4004_747B,
        SIO_KEEPALIVE_VALS = 0x9800_0004,
        SIO_LOOPBACK_FAST_PATH = 0x9800_0010,
        SIO_ROUTING_INTERFACE_CHANGE = 0x8800_0015,
        SIO_TCP_INFO = 0xD800_0027,
        SIO_TCP_SET_ACK_FREQUENCY = 0x9800_0017,
        SIO_UDP_CONNRESET = 0x9800_000C,
        SOL_IP = 0xFFFB,
        SO_ORIGINAL_DST = 0x300F,
        TCPSTATE_CLOSED = 0,
        TCPSTATE_CLOSE_WAIT = 7,
        TCPSTATE_CLOSING = 8,
        TCPSTATE_ESTABLISHED = 4,
        TCPSTATE_FIN_WAIT_1 = 5,
        TCPSTATE_FIN_WAIT_2 = 6,
        TCPSTATE_LAST_ACK = 9,
        TCPSTATE_LISTEN = 1,
        TCPSTATE_SYN_RCVD = 3,
        TCPSTATE_SYN_SENT = 2,
        TCPSTATE_TIME_WAIT = 10,
    }
}

/// Behaviour 33: what options, look-ups and `select` take lies in memory as the SDK's does.
#[test]
#[rustfmt::skip]
fn values_of_options_lie_in_memory_as_in_the_sdk() {
    check_layouts! {
        FD_SET: 260 | 520, 4 | 8;
            fd_count: 0 | 0, fd_array: 4 | 8;
        TIMEVAL: 8 | 8, 4 | 4;
            tv_sec: 0 | 0, tv_usec: 4 | 4;
        WSANETWORKEVENTS: 44 | 44, 4 | 4;
            lNetworkEvents: 0 | 0, iErrorCode: 4 | 4;
        ADDRINFOA: 32 | 48, 4 | 8;
            ai_flags: 0 | 0, ai_family: 4 | 4, ai_socktype: 8 | 8, ai_protocol: 12 | 12,
            ai_addrlen: 16 | 16, ai_canonname: 20 | 24, ai_addr: 24 | 32, ai_next: 28 | 40;
        ADDRINFOEXW: 44 | 72, 4 | 8;
            ai_flags: 0 | 0, ai_family: 4 | 4, ai_socktype: 8 | 8, ai_protocol: 12 | 12,
            ai_addrlen: 16 | 16, ai_canonname: 20 | 24, ai_addr: 24 | 32, ai_blob: 28 | 40,
            ai_bloblen: 32 | 48, ai_provider: 36 | 56, ai_next: 40 | 64;
        IP_MREQ: 8 | 8, 4 | 4;
            imr_multiaddr: 0 | 0, imr_interface: 4 | 4;
        IP_MREQ_SOURCE: 12 | 12, 4 | 4;
            imr_multiaddr: 0 | 0, imr_sourceaddr: 4 | 4, imr_interface: 8 | 8;
        IPV6_MREQ: 20 | 20, 4 | 4;
            ipv6mr_multiaddr: 0 | 0, ipv6mr_interface: 16 | 16;
        TCP_INFO_v0: 88 | 88, 8 | 8;
            State: 0 | 0, Mss: 4 | 4, ConnectionTimeMs: 8 | 8, TimestampsEnabled: 16 | 16,
            RttUs: 20 | 20, MinRttUs: 24 | 24, BytesInFlight: 28 | 28, Cwnd: 32 | 32,
            SndWnd: 36 | 36, RcvWnd: 40 | 40, RcvBuf: 44 | 44, BytesOut: 48 | 48,
            BytesIn: 56 | 56, BytesReordered: 64 | 64, BytesRetrans: 68 | 68,
            FastRetrans: 72 | 72, DupAcksIn: 76 | 76, TimeoutEpisodes: 80 | 80,
            SynRetrans: 84 | 84;
        TCP_INFO_v1: 136 | 136, 8 | 8;
            State: 0 | 0, Mss: 4 | 4, ConnectionTimeMs: 8 | 8, TimestampsEnabled: 16 | 16,
            RttUs: 20 | 20, MinRttUs: 24 | 24, BytesInFlight: 28 | 28, Cwnd: 32 | 32,
            SndWnd: 36 | 36, RcvWnd: 40 | 40, RcvBuf: 44 | 44, BytesOut: 48 | 48,
            BytesIn: 56 | 56, BytesReordered: 64 | 64, BytesRetrans: 68 | 68,
            FastRetrans: 72 | 72, DupAcksIn: 76 | 76, TimeoutEpisodes: 80 | 80,
            SynRetrans: 84 | 84, SndLimTransRwin: 88 | 88, SndLimTimeRwin: 92 | 92,
            SndLimBytesRwin: 96 | 96, SndLimTransCwnd: 104 | 104, SndLimTimeCwnd: 108 | 108,
            SndLimBytesCwnd: 112 | 112, SndLimTransSnd: 120 | 120, SndLimTimeSnd: 124 | 124,
            SndLimBytesSnd: 128 | 128;
        TCP_ACK_FREQUENCY_PARAMETERS: 1 | 1, 1 | 1;
            TcpDelayedAckFrequency: 0 | 0;
        WSACOMPLETION: 16 | 32, 4 | 8;
            Type: 0 | 0, Parameters: 4 | 8;
        SCOPE_ID: 4 | 4, 4 | 4;
            ;
    }
}
