//! Constants against the literal values of the SDK, and statuses against the codes they stand for.
//!
//! On any host. Where a kernel is there, its own translation of statuses is asked as well.

// reason: a table compares numbers of many types in one.
#![allow(clippy::cast_lossless, clippy::cast_sign_loss, clippy::cast_possible_wrap)]

use iocp::NtStatus;
use iocp_sys as sys;

/// `NAME = value`: as numbers; a negative one and its unsigned twin of 32 bits are the same.
macro_rules! check {
    ($($name:ident = $value:literal,)+) => {
        $(assert_eq!(
            bits(sys::$name as i128),
            bits($value),
            "{}",
            stringify!($name),
        );)+
    };
}

/// `-1` and `0xFFFF_FFFF` are written for each other in the SDK.
fn bits(value: i128) -> i128 {
    if value < 0 {
        value + (1 << 32)
    } else {
        value
    }
}

/// Behaviour 33: Win32 error codes, literally.
#[test]
#[rustfmt::skip]
#[allow(clippy::too_many_lines)] // reason: a table
fn the_win32_and_winsock_codes_are_those_of_the_sdk() {
    check! {
        ERROR_ABANDONED_WAIT_0 = 735,
        ERROR_ACCESS_DENIED = 5,
        ERROR_ADDRESS_ALREADY_ASSOCIATED = 1227,
        ERROR_BAD_COMMAND = 22,
        ERROR_BAD_NETPATH = 53,
        ERROR_BAD_PIPE = 230,
        ERROR_BROKEN_PIPE = 109,
        ERROR_CANCELLED = 1223,
        ERROR_CONNECTION_ABORTED = 1236,
        ERROR_CONNECTION_ACTIVE = 1230,
        ERROR_CONNECTION_INVALID = 1229,
        ERROR_CONNECTION_REFUSED = 1225,
        ERROR_DEVICE_NOT_CONNECTED = 1167,
        ERROR_DUP_NAME = 52,
        ERROR_FILE_NOT_FOUND = 2,
        ERROR_GEN_FAILURE = 31,
        ERROR_GRACEFUL_DISCONNECT = 1226,
        ERROR_HANDLE_EOF = 38,
        ERROR_HOST_UNREACHABLE = 1232,
        ERROR_INSUFFICIENT_BUFFER = 122,
        ERROR_INVALID_FUNCTION = 1,
        ERROR_INVALID_HANDLE = 6,
        ERROR_INVALID_PARAMETER = 87,
        ERROR_INVALID_USER_BUFFER = 1784,
        ERROR_IO_INCOMPLETE = 996,
        ERROR_IO_PENDING = 997,
        ERROR_LOCK_VIOLATION = 33,
        ERROR_MORE_DATA = 234,
        ERROR_NETNAME_DELETED = 64,
        ERROR_NETWORK_UNREACHABLE = 1231,
        ERROR_NOACCESS = 998,
        ERROR_NOTIFY_ENUM_DIR = 1022,
        ERROR_NOT_ENOUGH_MEMORY = 8,
        ERROR_NOT_ENOUGH_QUOTA = 1816,
        ERROR_NOT_FOUND = 1168,
        ERROR_NOT_SUPPORTED = 50,
        ERROR_NO_DATA = 232,
        ERROR_NO_SYSTEM_RESOURCES = 1450,
        ERROR_OPERATION_ABORTED = 995,
        ERROR_PIPE_BUSY = 231,
        ERROR_PIPE_CONNECTED = 535,
        ERROR_PIPE_LISTENING = 536,
        ERROR_PIPE_NOT_CONNECTED = 233,
        ERROR_PORT_UNREACHABLE = 1234,
        ERROR_PROTOCOL_UNREACHABLE = 1233,
        ERROR_REQUEST_ABORTED = 1235,
        ERROR_RETRY = 1237,
        ERROR_SEM_TIMEOUT = 121,
        ERROR_SUCCESS = 0,
        ERROR_TIMEOUT = 1460,
        ERROR_TOO_MANY_POSTS = 298,
        ERROR_UNEXP_NET_ERR = 59,
        ERROR_WORKING_SET_QUOTA = 1453,
        WSAEACCES = 10013,
        WSAEADDRINUSE = 10048,
        WSAEADDRNOTAVAIL = 10049,
        WSAEAFNOSUPPORT = 10047,
        WSAEALREADY = 10037,
        WSAEBADF = 10009,
        WSAECANCELLED = 10103,
        WSAECONNABORTED = 10053,
        WSAECONNREFUSED = 10061,
        WSAECONNRESET = 10054,
        WSAEDESTADDRREQ = 10039,
        WSAEDISCON = 10101,
        WSAEFAULT = 10014,
        WSAEHOSTDOWN = 10064,
        WSAEHOSTUNREACH = 10065,
        WSAEINPROGRESS = 10036,
        WSAEINTR = 10004,
        WSAEINVAL = 10022,
        WSAEISCONN = 10056,
        WSAEMFILE = 10024,
        WSAEMSGSIZE = 10040,
        WSAENETDOWN = 10050,
        WSAENETRESET = 10052,
        WSAENETUNREACH = 10051,
        WSAENOBUFS = 10055,
        WSAENOPROTOOPT = 10042,
        WSAENOTCONN = 10057,
        WSAENOTSOCK = 10038,
        WSAEOPNOTSUPP = 10045,
        WSAEPROCLIM = 10067,
        WSAEPROTONOSUPPORT = 10043,
        WSAEPROTOTYPE = 10041,
        WSAESHUTDOWN = 10058,
        WSAESOCKTNOSUPPORT = 10044,
        WSAETIMEDOUT = 10060,
        WSAEWOULDBLOCK = 10035,
        WSANOTINITIALISED = 10093,
        WSASYSNOTREADY = 10091,
        WSAVERNOTSUPPORTED = 10092,
        WSA_E_CANCELLED = 10111,
        WSA_INVALID_HANDLE = 6,
        WSA_INVALID_PARAMETER = 87,
        WSA_IO_INCOMPLETE = 996,
        WSA_NOT_ENOUGH_MEMORY = 8,
        WSA_OPERATION_ABORTED = 995,
        WSA_WAIT_IO_COMPLETION = 192,
        WSA_WAIT_TIMEOUT = 258,
    }
}

/// Behaviour 33: Statuses, literally.
#[test]
#[rustfmt::skip]
#[allow(clippy::too_many_lines)] // reason: a table
fn the_status_codes_are_those_of_the_sdk() {
    check! {
        STATUS_ABANDONED_WAIT_0 = 0x0000_0080,
        STATUS_ACCESS_DENIED = 0xC000_0022,
        STATUS_ACCESS_VIOLATION = 0xC000_0005,
        STATUS_ADDRESS_ALREADY_ASSOCIATED = 0xC000_0238,
        STATUS_ADDRESS_ALREADY_EXISTS = 0xC000_020A,
        STATUS_BUFFER_OVERFLOW = 0x8000_0005,
        STATUS_BUFFER_TOO_SMALL = 0xC000_0023,
        STATUS_CANCELLED = 0xC000_0120,
        STATUS_CONNECTION_ABORTED = 0xC000_0241,
        STATUS_CONNECTION_ACTIVE = 0xC000_023B,
        STATUS_CONNECTION_DISCONNECTED = 0xC000_020C,
        STATUS_CONNECTION_INVALID = 0xC000_023A,
        STATUS_CONNECTION_REFUSED = 0xC000_0236,
        STATUS_CONNECTION_RESET = 0xC000_020D,
        STATUS_DELETE_PENDING = 0xC000_0056,
        STATUS_END_OF_FILE = 0xC000_0011,
        STATUS_GRACEFUL_DISCONNECT = 0xC000_0237,
        STATUS_HANDLES_CLOSED = 0x8000_000A,
        STATUS_HOST_UNREACHABLE = 0xC000_023D,
        STATUS_INFO_LENGTH_MISMATCH = 0xC000_0004,
        STATUS_INSTANCE_NOT_AVAILABLE = 0xC000_00AB,
        STATUS_INSUFFICIENT_RESOURCES = 0xC000_009A,
        STATUS_INVALID_ADDRESS_COMPONENT = 0xC000_0207,
        STATUS_INVALID_DEVICE_REQUEST = 0xC000_0010,
        STATUS_INVALID_DEVICE_STATE = 0xC000_0184,
        STATUS_INVALID_HANDLE = 0xC000_0008,
        STATUS_INVALID_INFO_CLASS = 0xC000_0003,
        STATUS_INVALID_PARAMETER = 0xC000_000D,
        STATUS_IO_TIMEOUT = 0xC000_00B5,
        STATUS_LOCAL_DISCONNECT = 0xC000_013B,
        STATUS_NETWORK_NAME_DELETED = 0xC000_00C9,
        STATUS_NETWORK_UNREACHABLE = 0xC000_023C,
        STATUS_NOTIFY_CLEANUP = 0x0000_010B,
        STATUS_NOTIFY_ENUM_DIR = 0x0000_010C,
        STATUS_NOT_FOUND = 0xC000_0225,
        STATUS_NOT_SUPPORTED = 0xC000_00BB,
        STATUS_NO_MEMORY = 0xC000_0017,
        STATUS_OBJECT_TYPE_MISMATCH = 0xC000_0024,
        STATUS_PENDING = 0x0000_0103,
        STATUS_PIPE_BROKEN = 0xC000_014B,
        STATUS_PIPE_BUSY = 0xC000_00AE,
        STATUS_PIPE_CLOSING = 0xC000_00B1,
        STATUS_PIPE_CONNECTED = 0xC000_00B2,
        STATUS_PIPE_DISCONNECTED = 0xC000_00B0,
        STATUS_PIPE_EMPTY = 0xC000_00D9,
        STATUS_PIPE_LISTENING = 0xC000_00B3,
        STATUS_PIPE_NOT_AVAILABLE = 0xC000_00AC,
        STATUS_PORT_UNREACHABLE = 0xC000_023F,
        STATUS_PROTOCOL_UNREACHABLE = 0xC000_023E,
        STATUS_QUOTA_EXCEEDED = 0xC000_0044,
        STATUS_REMOTE_DISCONNECT = 0xC000_013C,
        STATUS_REQUEST_ABORTED = 0xC000_0240,
        STATUS_SHARING_VIOLATION = 0xC000_0043,
        STATUS_SUCCESS = 0x0000_0000,
        STATUS_TIMEOUT = 0x0000_0102,
        STATUS_UNEXPECTED_NETWORK_ERROR = 0xC000_00C4,
        STATUS_USER_APC = 0x0000_00C0,
        STATUS_WORKING_SET_QUOTA = 0xC000_00A1,
    }
}

/// Behaviour 33: Control codes, literally.
#[test]
#[rustfmt::skip]
#[allow(clippy::too_many_lines)] // reason: a table
fn the_control_codes_are_those_of_the_sdk() {
    check! {
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

/// Behaviour 33: Flags, options and limits, literally.
#[test]
#[rustfmt::skip]
#[allow(clippy::too_many_lines)] // reason: a table
fn the_other_constants_are_those_of_the_sdk() {
    check! {
        INFINITE = 0xFFFF_FFFF,
        WAIT_TIMEOUT = 258,
        WSA_IO_PENDING = 997,
        AF_INET = 2,
        AF_INET6 = 23,
        AF_UNSPEC = 0,
        CREATE_ALWAYS = 2,
        CREATE_NEW = 1,
        DUPLICATE_SAME_ACCESS = 2,
        FALSE = 0,
        FILE_APPEND_DATA = 4,
        FILE_ATTRIBUTE_NORMAL = 128,
        FILE_FLAG_DELETE_ON_CLOSE = 0x0400_0000,
        FILE_FLAG_FIRST_PIPE_INSTANCE = 0x0008_0000,
        FILE_FLAG_NO_BUFFERING = 0x2000_0000,
        FILE_FLAG_OPEN_REPARSE_POINT = 0x0020_0000,
        FILE_FLAG_OVERLAPPED = 0x4000_0000,
        FILE_FLAG_RANDOM_ACCESS = 0x1000_0000,
        FILE_FLAG_SEQUENTIAL_SCAN = 0x0800_0000,
        FILE_FLAG_WRITE_THROUGH = 0x8000_0000,
        FILE_GENERIC_READ = 0x0012_0089,
        FILE_GENERIC_WRITE = 0x0012_0116,
        FILE_READ_ATTRIBUTES = 128,
        FILE_SHARE_DELETE = 4,
        FILE_SHARE_READ = 1,
        FILE_SHARE_WRITE = 2,
        FILE_TYPE_CHAR = 2,
        FILE_TYPE_DISK = 1,
        FILE_TYPE_PIPE = 3,
        FILE_WRITE_ATTRIBUTES = 256,
        FILE_WRITE_DATA = 2,
        GENERIC_READ = 0x8000_0000,
        GENERIC_WRITE = 0x4000_0000,
        HANDLE_FLAG_INHERIT = 1,
        IPPROTO_IP = 0,
        IPPROTO_IPV6 = 41,
        IPPROTO_TCP = 6,
        IPPROTO_UDP = 17,
        IPV6_V6ONLY = 27,
        MAXIMUM_WAIT_OBJECTS = 64,
        MSG_CTRUNC = 512,
        MSG_OOB = 1,
        MSG_PARTIAL = 32768,
        MSG_PEEK = 2,
        MSG_TRUNC = 256,
        MSG_WAITALL = 8,
        NMPWAIT_USE_DEFAULT_WAIT = 0,
        NMPWAIT_WAIT_FOREVER = 0xFFFF_FFFF,
        OPEN_ALWAYS = 4,
        OPEN_EXISTING = 3,
        PIPE_ACCEPT_REMOTE_CLIENTS = 0,
        PIPE_ACCESS_DUPLEX = 3,
        PIPE_ACCESS_INBOUND = 1,
        PIPE_ACCESS_OUTBOUND = 2,
        PIPE_CLIENT_END = 0,
        PIPE_NOWAIT = 1,
        PIPE_READMODE_BYTE = 0,
        PIPE_READMODE_MESSAGE = 2,
        PIPE_REJECT_REMOTE_CLIENTS = 8,
        PIPE_SERVER_END = 1,
        PIPE_TYPE_BYTE = 0,
        PIPE_TYPE_MESSAGE = 4,
        PIPE_UNLIMITED_INSTANCES = 255,
        PIPE_WAIT = 0,
        SD_BOTH = 2,
        SD_RECEIVE = 0,
        SD_SEND = 1,
        SECURITY_IDENTIFICATION = 0x0001_0000,
        SECURITY_SQOS_PRESENT = 0x0010_0000,
        SOCKET_ERROR = -1,
        SOCK_DGRAM = 2,
        SOCK_STREAM = 1,
        SOL_SOCKET = 65535,
        SOMAXCONN = 0x7FFF_FFFF,
        SO_BROADCAST = 32,
        SO_CONNECT_TIME = 28684,
        SO_ERROR = 4103,
        SO_EXCLUSIVEADDRUSE = -5,
        SO_KEEPALIVE = 8,
        SO_LINGER = 128,
        SO_RCVBUF = 4098,
        SO_REUSEADDR = 4,
        SO_SNDBUF = 4097,
        SO_TYPE = 4104,
        SO_UPDATE_ACCEPT_CONTEXT = 28683,
        SO_UPDATE_CONNECT_CONTEXT = 28688,
        SYNCHRONIZE = 0x0010_0000,
        TCP_NODELAY = 1,
        TRUE = 1,
        TRUNCATE_EXISTING = 5,
        WAIT_ABANDONED_0 = 128,
        WAIT_FAILED = 0xFFFF_FFFF,
        WAIT_IO_COMPLETION = 192,
        WAIT_OBJECT_0 = 0,
        WSA_FLAG_NO_HANDLE_INHERIT = 128,
        WSA_FLAG_OVERLAPPED = 1,
        AFD_POLL_ABORT = 0x10,
        AFD_POLL_ACCEPT = 0x80,
        AFD_POLL_CONNECT = 0x40,
        AFD_POLL_CONNECT_FAIL = 0x100,
        AFD_POLL_DISCONNECT = 0x8,
        AFD_POLL_GROUP_QOS = 0x400,
        AFD_POLL_LOCAL_CLOSE = 0x20,
        AFD_POLL_QOS = 0x200,
        AFD_POLL_RECEIVE = 0x1,
        AFD_POLL_RECEIVE_EXPEDITED = 0x2,
        AFD_POLL_SEND = 0x4,
        AF_UNIX = 1,
        ERROR_SEVERITY_ERROR = 0xC000_0000,
        FACILITY_NTWIN32 = 7,
        FILE_ACTION_ADDED = 1,
        FILE_ACTION_MODIFIED = 3,
        FILE_ACTION_REMOVED = 2,
        FILE_ACTION_RENAMED_NEW_NAME = 5,
        FILE_ACTION_RENAMED_OLD_NAME = 4,
        FILE_FLAG_BACKUP_SEMANTICS = 0x0200_0000,
        FILE_LIST_DIRECTORY = 1,
        FILE_NOTIFY_CHANGE_ATTRIBUTES = 4,
        FILE_NOTIFY_CHANGE_CREATION = 64,
        FILE_NOTIFY_CHANGE_DIR_NAME = 2,
        FILE_NOTIFY_CHANGE_FILE_NAME = 1,
        FILE_NOTIFY_CHANGE_LAST_ACCESS = 32,
        FILE_NOTIFY_CHANGE_LAST_WRITE = 16,
        FILE_NOTIFY_CHANGE_SECURITY = 256,
        FILE_NOTIFY_CHANGE_SIZE = 8,
        FILE_OPEN = 1,
        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 1,
        FILE_SKIP_SET_EVENT_ON_HANDLE = 2,
        FileCompletionInformation = 30,
        FileIoCompletionNotificationInformation = 41,
        FileModeInformation = 16,
        FileReplaceCompletionInformation = 61,
        IO_COMPLETION_ALL_ACCESS = 0x001F_0003,
        IO_COMPLETION_MODIFY_STATE = 0x2,
        IO_COMPLETION_QUERY_STATE = 0x1,
        IPV6_PKTINFO = 19,
        IP_PKTINFO = 19,
        JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS = 8,
        JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT = 3,
        JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO = 4,
        JOB_OBJECT_MSG_END_OF_JOB_TIME = 1,
        JOB_OBJECT_MSG_END_OF_PROCESS_TIME = 2,
        JOB_OBJECT_MSG_EXIT_PROCESS = 7,
        JOB_OBJECT_MSG_JOB_CYCLE_TIME_LIMIT = 12,
        JOB_OBJECT_MSG_JOB_MEMORY_LIMIT = 10,
        JOB_OBJECT_MSG_NEW_PROCESS = 6,
        JOB_OBJECT_MSG_NOTIFICATION_LIMIT = 11,
        JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT = 9,
        JOB_OBJECT_MSG_SILO_TERMINATED = 13,
        JobObjectAssociateCompletionPortInformation = 7,
        LOCKFILE_EXCLUSIVE_LOCK = 2,
        LOCKFILE_FAIL_IMMEDIATELY = 1,
        NSP_NOTIFY_PORT = 3,
        POLLERR = 1,
        POLLHUP = 2,
        POLLIN = 768,
        POLLNVAL = 4,
        POLLOUT = 16,
        POLLPRI = 1024,
        POLLRDNORM = 256,
        POLLWRNORM = 16,
        RIO_CORRUPT_CQ = 0xFFFF_FFFF,
        RIO_EVENT_COMPLETION = 1,
        RIO_INVALID_BUFFERID = 0xFFFF_FFFF,
        RIO_INVALID_CQ = 0,
        RIO_INVALID_RQ = 0,
        RIO_IOCP_COMPLETION = 2,
        RIO_MAX_CQ_SIZE = 0x0800_0000,
        RIO_MSG_COMMIT_ONLY = 8,
        RIO_MSG_DEFER = 2,
        RIO_MSG_DONT_NOTIFY = 1,
        RIO_MSG_WAITALL = 4,
        ReadDirectoryNotifyExtendedInformation = 2,
        ReadDirectoryNotifyInformation = 1,
        SOCK_NOTIFY_EVENT_ERR = 64,
        SOCK_NOTIFY_EVENT_HANGUP = 4,
        SOCK_NOTIFY_EVENT_IN = 1,
        SOCK_NOTIFY_EVENT_OUT = 2,
        SOCK_NOTIFY_EVENT_REMOVE = 128,
        SOCK_NOTIFY_OP_DISABLE = 2,
        SOCK_NOTIFY_OP_ENABLE = 1,
        SOCK_NOTIFY_OP_NONE = 0,
        SOCK_NOTIFY_OP_REMOVE = 4,
        SOCK_NOTIFY_REGISTER_EVENT_HANGUP = 4,
        SOCK_NOTIFY_REGISTER_EVENT_IN = 1,
        SOCK_NOTIFY_REGISTER_EVENT_NONE = 0,
        SOCK_NOTIFY_REGISTER_EVENT_OUT = 2,
        SOCK_NOTIFY_TRIGGER_EDGE = 8,
        SOCK_NOTIFY_TRIGGER_LEVEL = 4,
        SOCK_NOTIFY_TRIGGER_ONESHOT = 1,
        SOCK_NOTIFY_TRIGGER_PERSISTENT = 2,
        SO_PORT_SCALABILITY = 12294,
        SO_PROTOCOL_INFOW = 8197,
        SO_RANDOMIZE_PORT = 12293,
        SO_REUSE_UNICASTPORT = 12295,
        TF_DISCONNECT = 1,
        TF_REUSE_SOCKET = 2,
        TF_USE_DEFAULT_WORKER = 0,
        TF_USE_KERNEL_APC = 32,
        TF_USE_SYSTEM_THREAD = 16,
        TF_WRITE_BEHIND = 4,
        TP_CALLBACK_PRIORITY_NORMAL = 1,
        TP_DISCONNECT = 1,
        TP_ELEMENT_EOP = 4,
        TP_ELEMENT_FILE = 2,
        TP_ELEMENT_MEMORY = 1,
        TP_REUSE_SOCKET = 2,
        TP_USE_DEFAULT_WORKER = 0,
        TP_USE_KERNEL_APC = 32,
        TP_USE_SYSTEM_THREAD = 16,
        WSA_FLAG_REGISTERED_IO = 256,
        WT_EXECUTEDEFAULT = 0,
        WT_EXECUTEINWAITTHREAD = 4,
        WT_EXECUTELONGFUNCTION = 16,
        WT_EXECUTEONLYONCE = 8,
        XP1_IFS_HANDLES = 0x0002_0000,
        PROCESS_SYNCHRONIZE = 0x0010_0000,
        JobObjectExtendedLimitInformation = 9,
        JOB_OBJECT_LIMIT_ACTIVE_PROCESS = 8,
        JOB_OBJECT_LIMIT_PROCESS_MEMORY = 256,
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE = 8192,
    }
}

/// Behaviour 33: no handle and no socket are all bits set, at either width.
#[test]
fn no_handle_and_no_socket_are_all_ones() {
    assert_eq!(sys::INVALID_HANDLE_VALUE as usize, usize::MAX);
    assert_eq!(sys::INVALID_SOCKET, usize::MAX);
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

/// Status; its Win32 code; what the system's own translation says (it differs for three that the
/// calls translate themselves); its winsock code as libuv's table has it, 0 where that has none.
#[rustfmt::skip]
const CODES: &[(u32, u32, u32, u32)] = &[
    (0x0000_0000, 0, 0, 0), // STATUS_SUCCESS
    (0x0000_0102, 258, 1460, 10060), // STATUS_TIMEOUT
    (0x0000_0080, 735, 128, 0), // STATUS_ABANDONED_WAIT_0
    (0x0000_00C0, 192, 737, 0), // STATUS_USER_APC
    (0xC000_0008, 6, 6, 10038), // STATUS_INVALID_HANDLE
    (0xC000_0024, 6, 6, 10038), // STATUS_OBJECT_TYPE_MISMATCH
    (0xC000_000D, 87, 87, 0), // STATUS_INVALID_PARAMETER
    (0xC000_0003, 87, 87, 0), // STATUS_INVALID_INFO_CLASS
    (0x0000_0103, 997, 997, 997), // STATUS_PENDING
    (0xC000_0120, 995, 995, 10004), // STATUS_CANCELLED
    (0xC000_0225, 1168, 1168, 0), // STATUS_NOT_FOUND
    (0xC000_020D, 64, 64, 10054), // STATUS_CONNECTION_RESET
    (0xC000_020C, 64, 64, 10054), // STATUS_CONNECTION_DISCONNECTED
    (0xC000_013B, 64, 64, 10053), // STATUS_LOCAL_DISCONNECT
    (0xC000_013C, 64, 64, 10054), // STATUS_REMOTE_DISCONNECT
    (0xC000_00C9, 64, 64, 0), // STATUS_NETWORK_NAME_DELETED
    (0xC000_020B, 64, 64, 0), // STATUS_ADDRESS_CLOSED
    (0xC000_0241, 1236, 1236, 10053), // STATUS_CONNECTION_ABORTED
    (0xC000_0236, 1225, 1225, 10061), // STATUS_CONNECTION_REFUSED
    (0xC000_00B5, 121, 121, 10060), // STATUS_IO_TIMEOUT
    (0xC000_023C, 1231, 1231, 10051), // STATUS_NETWORK_UNREACHABLE
    (0xC000_023D, 1232, 1232, 10065), // STATUS_HOST_UNREACHABLE
    (0xC000_023E, 1233, 1233, 10051), // STATUS_PROTOCOL_UNREACHABLE
    (0xC000_023F, 1234, 1234, 10054), // STATUS_PORT_UNREACHABLE
    (0xC000_0240, 1235, 1235, 10004), // STATUS_REQUEST_ABORTED
    (0xC000_0237, 1226, 1226, 10101), // STATUS_GRACEFUL_DISCONNECT
    (0xC000_023A, 1229, 1229, 0), // STATUS_CONNECTION_INVALID
    (0xC000_023B, 1230, 1230, 0), // STATUS_CONNECTION_ACTIVE
    (0xC000_0238, 1227, 1227, 0), // STATUS_ADDRESS_ALREADY_ASSOCIATED
    (0xC000_00C4, 59, 59, 10050), // STATUS_UNEXPECTED_NETWORK_ERROR
    (0xC000_0140, 59, 59, 10057), // STATUS_INVALID_CONNECTION
    (0xC000_020F, 59, 59, 10053), // STATUS_TRANSACTION_ABORTED
    (0xC000_0141, 59, 59, 10049), // STATUS_INVALID_ADDRESS
    (0x8000_0005, 234, 234, 10040), // STATUS_BUFFER_OVERFLOW
    (0xC000_0023, 122, 122, 10014), // STATUS_BUFFER_TOO_SMALL
    (0xC000_0011, 38, 38, 0), // STATUS_END_OF_FILE
    (0xC000_014B, 109, 109, 0), // STATUS_PIPE_BROKEN
    (0xC000_00B1, 232, 232, 0), // STATUS_PIPE_CLOSING
    (0xC000_00D9, 232, 232, 0), // STATUS_PIPE_EMPTY
    (0xC000_00B0, 233, 233, 10058), // STATUS_PIPE_DISCONNECTED
    (0xC000_00B2, 535, 535, 0), // STATUS_PIPE_CONNECTED
    (0xC000_00B3, 536, 536, 0), // STATUS_PIPE_LISTENING
    (0xC000_00AC, 231, 231, 0), // STATUS_PIPE_NOT_AVAILABLE
    (0xC000_00AB, 231, 231, 0), // STATUS_INSTANCE_NOT_AVAILABLE
    (0xC000_00AE, 231, 231, 0), // STATUS_PIPE_BUSY
    (0xC000_0005, 998, 998, 10014), // STATUS_ACCESS_VIOLATION
    (0x8000_0002, 998, 998, 0), // STATUS_DATATYPE_MISALIGNMENT
    (0xC000_00E8, 1784, 1784, 0), // STATUS_INVALID_USER_BUFFER
    (0xC000_0206, 1784, 1784, 10040), // STATUS_INVALID_BUFFER_SIZE
    (0xC000_0017, 8, 8, 10055), // STATUS_NO_MEMORY
    (0xC000_009A, 1450, 1450, 10055), // STATUS_INSUFFICIENT_RESOURCES
    (0xC000_00A1, 1453, 1453, 10055), // STATUS_WORKING_SET_QUOTA
    (0xC000_0044, 1816, 1816, 10055), // STATUS_QUOTA_EXCEEDED
    (0xC000_0054, 33, 33, 0), // STATUS_FILE_LOCK_CONFLICT
    (0xC000_0055, 33, 33, 0), // STATUS_LOCK_NOT_GRANTED
    (0x0000_010C, 1022, 1022, 0), // STATUS_NOTIFY_ENUM_DIR
    (0x0000_010B, 745, 745, 0), // STATUS_NOTIFY_CLEANUP
    (0xC000_0022, 5, 5, 10013), // STATUS_ACCESS_DENIED
    (0xC000_0056, 5, 5, 0), // STATUS_DELETE_PENDING
    (0xC000_0010, 1, 1, 0), // STATUS_INVALID_DEVICE_REQUEST
    (0xC000_00BB, 50, 50, 10045), // STATUS_NOT_SUPPORTED
    (0xC000_0184, 22, 22, 0), // STATUS_INVALID_DEVICE_STATE
    (0xC000_020A, 52, 52, 10048), // STATUS_ADDRESS_ALREADY_EXISTS
    (0xC000_0001, 31, 31, 0), // STATUS_UNSUCCESSFUL
    (0x8000_000A, 676, 676, 0), // STATUS_HANDLES_CLOSED
];

/// Where our winsock codes say more than that table, or something else, and why.
#[rustfmt::skip]
const OUR_OWN: &[(u32, u32)] = &[
    (0x0000_0103, 0),      // pending is no error
    (0xC000_0120, 995),    // WSA_OPERATION_ABORTED: what an overlapped call reports, not WSAEINTR
    (0xC000_000D, 10_022), // WSAEINVAL
    (0xC000_0010, 10_045), // WSAEOPNOTSUPP
    (0xC000_00C9, 10_054), // WSAECONNRESET
    (0xC000_020B, 10_053), // WSAECONNABORTED
    (0xC000_023A, 10_057), // WSAENOTCONN
];

/// Behaviours 17, 33: each status stands for the codes that Windows documents for it.
#[test]
fn each_status_stands_for_its_win32_and_its_winsock_code() {
    let mut known = 0;
    for &(status, win32, _, winsock) in CODES {
        let ours = NtStatus(status);
        let Some(code) = ours.win32() else {
            assert_eq!(ours.winsock(), None, "{ours}: known by half");
            continue;
        };
        known += 1;
        assert_eq!(code, win32, "{ours}");
        let own = OUR_OWN.iter().find(|(other, _)| *other == status);
        let expected = own.map_or(winsock, |(_, code)| *code);
        assert_eq!(ours.winsock().unwrap_or(0), expected, "{ours}");
    }
    assert!(known >= 43, "only {known} statuses are known");
    assert_eq!(NtStatus(0xDEAD_BEEF).win32(), None);
    assert_eq!(NtStatus(0xDEAD_BEEF).winsock(), None);
}

/// Behaviours 12, 17: a reset, a close of our own and a cancel are told apart, although the system
/// translates the first two into one code.
#[test]
fn a_reset_is_told_from_a_close_of_our_own() {
    use iocp::CompletionKind::{Cancelled, LocalClose, Reset};
    let table = [
        (NtStatus(0xC000_020D), Reset, 64, 10_054),
        (NtStatus(0xC000_013B), LocalClose, 64, 10_053),
        (NtStatus(0xC000_0241), LocalClose, 1236, 10_053),
        (NtStatus(0xC000_0120), Cancelled, 995, 995),
    ];
    for (status, kind, win32, winsock) in table {
        assert_eq!(
            (status.kind(), status.win32(), status.winsock()),
            (kind, Some(win32), Some(winsock))
        );
        assert!(!status.is_success());
    }
    assert!(!NtStatus(0x8000_0005).is_success(), "a warning is no success");
    assert!(NtStatus(0).is_success());
}

/// Behaviour 33: the kernel's own translation says the same.
#[cfg(windows)]
#[test]
fn the_systems_own_translation_agrees() {
    for &(status, _, translated, _) in CODES {
        // SAFETY:
        // * a number in, a number out.
        let code = unsafe { sys::RtlNtStatusToDosError(status as i32) };
        assert_eq!(code, translated, "0x{status:08X}");
    }
}
