//! Sizes, alignments and offsets of the structures, against the SDK's: on any host, for its width.
//!
//! The numbers are those of the C headers of mingw-w64, compiled for 32 and 64 bit; where they lack a
//! structure, of the SDK's text. `iocp-sys` asserts its own numbers at compile time; these are a
//! second source.

use std::mem::{align_of, offset_of, size_of};

use iocp_sys as sys;

/// The number for this pointer width.
fn here(bits32: usize, bits64: usize) -> usize {
    if cfg!(target_pointer_width = "64") {
        bits64
    } else {
        bits32
    }
}

/// `NAME: size, alignment; field: offset, ...;`, each number for `32 bit | 64 bit`.
macro_rules! check {
    ($($name:ident: $s32:literal | $s64:literal, $a32:literal | $a64:literal;
        $($($field:ident).+: $o32:literal | $o64:literal),*;)+) => {
        $({
            let name = stringify!($name);
            assert_eq!(size_of::<sys::$name>(), here($s32, $s64), "size of {name}");
            assert_eq!(align_of::<sys::$name>(), here($a32, $a64), "alignment of {name}");
            $(assert_eq!(
                offset_of!(sys::$name, $($field).+),
                here($o32, $o64),
                "offset of {} in {name}",
                stringify!($($field).+),
            );)*
        })+
    };
}

/// Behaviour 33: every structure lies in memory as the SDK's does.
#[test]
#[rustfmt::skip]
#[allow(clippy::too_many_lines)] // reason: a table
fn every_structure_lies_in_memory_as_in_the_sdk() {
    check! {
        OVERLAPPED: 20 | 32, 4 | 8;
            Internal: 0 | 0, InternalHigh: 4 | 8, Anonymous.Anonymous.Offset: 8 | 16,
            Anonymous.Anonymous.OffsetHigh: 12 | 20, Anonymous.Pointer: 8 | 16, hEvent: 16
            | 24;
        OVERLAPPED_ENTRY: 16 | 32, 4 | 8;
            lpCompletionKey: 0 | 0, lpOverlapped: 4 | 8, Internal: 8 | 16,
            dwNumberOfBytesTransferred: 12 | 24;
        WSAOVERLAPPED: 20 | 32, 4 | 8;
            Internal: 0 | 0, InternalHigh: 4 | 8, Anonymous.Anonymous.Offset: 8 | 16,
            Anonymous.Anonymous.OffsetHigh: 12 | 20, Anonymous.Pointer: 8 | 16, hEvent: 16
            | 24;
        WSABUF: 8 | 16, 4 | 8;
            len: 0 | 0, buf: 4 | 8;
        TCP_INITIAL_RTO_PARAMETERS: 4 | 4, 2 | 2;
            Rtt: 0 | 0, MaxSynRetransmissions: 2 | 2;
        JOBOBJECT_END_OF_JOB_TIME_INFORMATION: 4 | 4, 4 | 4;
            EndOfJobTimeAction: 0 | 0;
        JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION: 48 | 48, 8 | 8;
            IoReadBytesLimit: 0 | 0, IoWriteBytesLimit: 8 | 8, PerJobUserTimeLimit: 16 | 16,
            JobMemoryLimit: 24 | 24, RateControlTolerance: 32 | 32,
            RateControlToleranceInterval: 36 | 36, LimitFlags: 40 | 40;
        JOBOBJECT_LIMIT_VIOLATION_INFORMATION: 80 | 80, 8 | 8;
            LimitFlags: 0 | 0, ViolationLimitFlags: 4 | 4, IoReadBytes: 8 | 8,
            IoReadBytesLimit: 16 | 16, IoWriteBytes: 24 | 24, IoWriteBytesLimit: 32 | 32,
            PerJobUserTime: 40 | 40, PerJobUserTimeLimit: 48 | 48, JobMemory: 56 | 56,
            JobMemoryLimit: 64 | 64, RateControlTolerance: 72 | 72,
            RateControlToleranceLimit: 76 | 76;
        WSAMSG: 28 | 56, 4 | 8;
            name: 0 | 0, namelen: 4 | 8, lpBuffers: 8 | 16, dwBufferCount: 12 | 24,
            Control: 16 | 32, dwFlags: 24 | 48;
        CMSGHDR: 12 | 16, 4 | 8;
            cmsg_len: 0 | 0, cmsg_level: 4 | 8, cmsg_type: 8 | 12;
        GUID: 16 | 16, 4 | 4;
            Data1: 0 | 0, Data2: 4 | 4, Data3: 6 | 6, Data4: 8 | 8;
        SECURITY_ATTRIBUTES: 12 | 24, 4 | 8;
            nLength: 0 | 0, lpSecurityDescriptor: 4 | 8, bInheritHandle: 8 | 16;
        LARGE_INTEGER: 8 | 8, 8 | 8; ;
        FILE_NOTIFY_INFORMATION: 16 | 16, 4 | 4;
            NextEntryOffset: 0 | 0, Action: 4 | 4, FileNameLength: 8 | 8, FileName: 12 |
            12;
        FILE_NOTIFY_EXTENDED_INFORMATION: 88 | 88, 8 | 8;
            NextEntryOffset: 0 | 0, Action: 4 | 4, CreationTime: 8 | 8,
            LastModificationTime: 16 | 16, LastChangeTime: 24 | 24, LastAccessTime: 32 |
            32, AllocatedLength: 40 | 40, FileSize: 48 | 48, FileAttributes: 56 | 56,
            Anonymous.ReparsePointTag: 60 | 60, FileId: 64 | 64, ParentFileId: 72 | 72,
            FileNameLength: 80 | 80, FileName: 84 | 84;
        FILE_SEGMENT_ELEMENT: 8 | 8, 8 | 8;
            Buffer: 0 | 0, Alignment: 0 | 0;
        JOBOBJECT_ASSOCIATE_COMPLETION_PORT: 8 | 16, 4 | 8;
            CompletionKey: 0 | 0, CompletionPort: 4 | 8;
        SOCKADDR: 16 | 16, 2 | 2;
            sa_family: 0 | 0, sa_data: 2 | 2;
        SOCKADDR_IN: 16 | 16, 4 | 4;
            sin_family: 0 | 0, sin_port: 2 | 2, sin_addr: 4 | 4, sin_zero: 8 | 8;
        SOCKADDR_IN6: 28 | 28, 4 | 4;
            sin6_family: 0 | 0, sin6_port: 2 | 2, sin6_flowinfo: 4 | 4, sin6_addr: 8 | 8,
            Anonymous.sin6_scope_id: 24 | 24;
        SOCKADDR_STORAGE: 128 | 128, 8 | 8;
            ss_family: 0 | 0, __ss_pad1: 2 | 2, __ss_align: 8 | 8, __ss_pad2: 16 | 16;
        SOCKADDR_UN: 110 | 110, 2 | 2;
            sun_family: 0 | 0, sun_path: 2 | 2;
        SOCKADDR_INET: 28 | 28, 4 | 4;
            Ipv4: 0 | 0, Ipv6: 0 | 0, si_family: 0 | 0;
        IN_ADDR: 4 | 4, 4 | 4;
            S_un: 0 | 0;
        IN6_ADDR: 16 | 16, 2 | 2;
            u: 0 | 0;
        WSADATA: 400 | 408, 4 | 8;
            wVersion: 0 | 0, wHighVersion: 2 | 2, iMaxSockets: 390 | 4, iMaxUdpDg: 392 |
            6, lpVendorInfo: 396 | 8, szDescription: 4 | 16, szSystemStatus: 261 | 273;
        WSAPROTOCOLCHAIN: 32 | 32, 4 | 4;
            ChainLen: 0 | 0, ChainEntries: 4 | 4;
        WSAPROTOCOL_INFOW: 628 | 628, 4 | 4;
            dwServiceFlags1: 0 | 0, dwServiceFlags2: 4 | 4, dwServiceFlags3: 8 | 8,
            dwServiceFlags4: 12 | 12, dwProviderFlags: 16 | 16, ProviderId: 20 | 20,
            dwCatalogEntryId: 36 | 36, ProtocolChain: 40 | 40, iVersion: 72 | 72,
            iAddressFamily: 76 | 76, iMaxSockAddr: 80 | 80, iMinSockAddr: 84 | 84,
            iSocketType: 88 | 88, iProtocol: 92 | 92, iProtocolMaxOffset: 96 | 96,
            iNetworkByteOrder: 100 | 100, iSecurityScheme: 104 | 104, dwMessageSize: 108 |
            108, dwProviderReserved: 112 | 112, szProtocol: 116 | 116;
        WSAPOLLFD: 8 | 16, 4 | 8;
            fd: 0 | 0, events: 4 | 8, revents: 6 | 10;
        TRANSMIT_FILE_BUFFERS: 16 | 32, 4 | 8;
            Head: 0 | 0, HeadLength: 4 | 8, Tail: 8 | 16, TailLength: 12 | 24;
        TRANSMIT_PACKETS_ELEMENT: 24 | 24, 8 | 8;
            dwElFlags: 0 | 0, cLength: 4 | 4, Anonymous.Anonymous.nFileOffset: 8 | 8,
            Anonymous.Anonymous.hFile: 16 | 16, Anonymous.pBuffer: 8 | 8;
        LINGER: 4 | 4, 2 | 2;
            l_onoff: 0 | 0, l_linger: 2 | 2;
        IN_PKTINFO: 8 | 8, 4 | 4;
            ipi_addr: 0 | 0, ipi_ifindex: 4 | 4;
        IN6_PKTINFO: 20 | 20, 4 | 4;
            ipi6_addr: 0 | 0, ipi6_ifindex: 16 | 16;
        tcp_keepalive: 12 | 12, 4 | 4;
            onoff: 0 | 0, keepalivetime: 4 | 4, keepaliveinterval: 8 | 8;
        RIO_BUF: 12 | 16, 4 | 8;
            BufferId: 0 | 0, Offset: 4 | 8, Length: 8 | 12;
        RIORESULT: 24 | 24, 8 | 8;
            Status: 0 | 0, BytesTransferred: 4 | 4, SocketContext: 8 | 8, RequestContext:
            16 | 16;
        RIO_NOTIFICATION_COMPLETION: 16 | 32, 4 | 8;
            Type: 0 | 0, Anonymous.Event.EventHandle: 4 | 8, Anonymous.Event.NotifyReset:
            8 | 16, Anonymous.Iocp.IocpHandle: 4 | 8, Anonymous.Iocp.CompletionKey: 8 |
            16, Anonymous.Iocp.Overlapped: 12 | 24;
        RIO_EXTENSION_FUNCTION_TABLE: 56 | 112, 4 | 8;
            cbSize: 0 | 0, RIOReceive: 4 | 8, RIOReceiveEx: 8 | 16, RIOSend: 12 | 24,
            RIOSendEx: 16 | 32, RIOCloseCompletionQueue: 20 | 40,
            RIOCreateCompletionQueue: 24 | 48, RIOCreateRequestQueue: 28 | 56,
            RIODequeueCompletion: 32 | 64, RIODeregisterBuffer: 36 | 72, RIONotify: 40 |
            80, RIORegisterBuffer: 44 | 88, RIOResizeCompletionQueue: 48 | 96,
            RIOResizeRequestQueue: 52 | 104;
        RIO_CMSG_BUFFER: 4 | 4, 4 | 4;
            TotalLength: 0 | 0;
        SOCK_NOTIFY_REGISTRATION: 16 | 24, 4 | 8;
            socket: 0 | 0, completionKey: 4 | 8, eventFilter: 8 | 16, operation: 10 | 18,
            triggerFlags: 11 | 19, registrationResult: 12 | 20;
        UNICODE_STRING: 8 | 16, 4 | 8;
            Length: 0 | 0, MaximumLength: 2 | 2, Buffer: 4 | 8;
        OBJECT_ATTRIBUTES: 24 | 48, 4 | 8;
            Length: 0 | 0, RootDirectory: 4 | 8, ObjectName: 8 | 16, Attributes: 12 | 24,
            SecurityDescriptor: 16 | 32, SecurityQualityOfService: 20 | 40;
        IO_STATUS_BLOCK: 8 | 16, 4 | 8;
            Anonymous.Status: 0 | 0, Anonymous.Pointer: 0 | 0, Information: 4 | 8;
        FILE_COMPLETION_INFORMATION: 8 | 16, 4 | 8;
            Port: 0 | 0, Key: 4 | 8;
        FILE_IO_COMPLETION_INFORMATION: 16 | 32, 4 | 8;
            KeyContext: 0 | 0, ApcContext: 4 | 8, IoStatusBlock: 8 | 16;
        FILE_IO_COMPLETION_NOTIFICATION_INFORMATION: 4 | 4, 4 | 4;
            Flags: 0 | 0;
        IO_COMPLETION_BASIC_INFORMATION: 4 | 4, 4 | 4;
            Depth: 0 | 0;
        AFD_POLL_HANDLE_INFO: 12 | 16, 4 | 8;
            Handle: 0 | 0, Events: 4 | 8, Status: 8 | 12;
        AFD_POLL_INFO: 32 | 32, 8 | 8;
            Timeout: 0 | 0, NumberOfHandles: 8 | 8, Exclusive: 12 | 12, Handles: 16 | 16;
        TP_CALLBACK_ENVIRON_V3: 40 | 72, 4 | 8;
            Version: 0 | 0, Pool: 4 | 8, CleanupGroup: 8 | 16, CleanupGroupCancelCallback:
            12 | 24, RaceDll: 16 | 32, ActivationContext: 20 | 40, FinalizationCallback:
            24 | 48, u: 28 | 56, CallbackPriority: 32 | 60, Size: 36 | 64;
        WSAPOLLDATA: 12 | 16, 4 | 8;
            result: 0 | 0, fds: 4 | 4, timeout: 8 | 8, fdArray: 12 | 16;
        WSASENDMSG: 20 | 40, 4 | 8;
            lpMsg: 0 | 0, dwFlags: 4 | 8, lpNumberOfBytesSent: 8 | 16, lpOverlapped: 12 |
            24, lpCompletionRoutine: 16 | 32;
        FILETIME: 8 | 8, 4 | 4;
            dwLowDateTime: 0 | 0, dwHighDateTime: 4 | 4;
    }
}

/// Behaviour 33: the fields that the port's packets and buffers are made of have the SDK's types.
#[test]
fn the_fields_of_overlapped_entry_and_wsabuf_have_the_types_of_the_sdk() {
    let null = std::ptr::null_mut();
    let internal: usize = 1;
    let offset: u32 = 2;
    let event: *mut core::ffi::c_void = null;
    let halves = sys::OVERLAPPED_0_0 { Offset: offset, OffsetHigh: offset };
    let block = sys::OVERLAPPED {
        Internal: internal,
        InternalHigh: internal,
        Anonymous: sys::OVERLAPPED_0 { Anonymous: halves },
        hEvent: event,
    };
    assert_eq!((block.Internal, block.InternalHigh), (1, 1));
    let overlapped: *mut sys::OVERLAPPED = std::ptr::null_mut();
    let (key, bytes): (usize, u32) = (3, 4);
    let entry = sys::OVERLAPPED_ENTRY {
        lpCompletionKey: key,
        lpOverlapped: overlapped,
        Internal: internal,
        dwNumberOfBytesTransferred: bytes,
    };
    assert_eq!((entry.lpCompletionKey, entry.dwNumberOfBytesTransferred), (3, 4));
    let buf: *mut u8 = std::ptr::null_mut();
    let wsabuf = sys::WSABUF { len: bytes, buf };
    assert_eq!(wsabuf.len, 4);
}
