//! The exceptions among the links, each with its reason.

/// Items whose page does not follow from header and name, with the end of its address; and why.
#[rustfmt::skip]
pub(super) const ELSEWHERE: [(&str, &str, &str); 28] = [
    ("AFD_POLL_HANDLE_INFO", "github.com/piscisaureus/wepoll", "in no header of Microsoft"),
    ("AFD_POLL_INFO", "github.com/piscisaureus/wepoll", "in no header of Microsoft"),
    ("SOCKADDR_UN", "commandline/af_unix-comes-to-windows/", "announced in a blog only"),
    ("tcp_keepalive", "winsock/sio-keepalive-vals", "described with its control code"),
    ("CMSGHDR", "api/ws2def/ns-ws2def-wsacmsghdr", "the page has the name of the typedef"),
    ("WSA_CMSG*", "api/ws2def/ns-ws2def-wsacmsghdr", "macros without a page"),
    ("SOCKADDR_STORAGE", "api/ws2def/ns-ws2def-sockaddr_storage_lh", "the tag of the structure"),
    ("SOCKADDR_IN6", "api/ws2ipdef/ns-ws2ipdef-sockaddr_in6_lh", "the tag of the structure"),
    ("WSASENDMSG", "api/winsock2/nf-winsock2-wsasendmsg", "parameters of that call, no own page"),
    ("WSAPOLLDATA", "api/winsock2/nf-winsock2-wsapoll", "parameters of that call, no own page"),
    ("RIO_CMSG_BUFFER", "api/mswsock/nc-mswsock-lpfn_rioreceiveex", "no page but the call's"),
    ("SECURITY_ATTRIBUTES", "api/wtypesbase/ns-wtypesbase-security_attributes", "page of a copy"),
    ("FILETIME", "api/minwinbase/ns-minwinbase-filetime", "page under another header"),
    ("FARPROC", "api/libloaderapi/nf-libloaderapi-getprocaddress", "no page but the call's"),
    ("UNICODE_STRING", "api/subauth/ns-subauth-unicode_string", "page under another header"),
    ("OBJECT_ATTRIBUTES", "api/ntdef/ns-ntdef-_object_attributes", "page under another header"),
    ("IO_STATUS_BLOCK", "ddi/wdm/ns-wdm-_io_status_block", "page of the driver kit only"),
    ("PIO_APC_ROUTINE", "api/winternl/nf-winternl-ntdeviceiocontrolfile", "no page but a call's"),
    ("FILE_IO_COMPLETION_NOTIFICATION_INFORMATION", "api/winbase/nf-winbase-setfilecompletionnotificationmodes", "no page but the call's"),
    ("TP_CALLBACK_ENVIRON_V3", "api/winbase/nf-winbase-initializethreadpoolenvironment", "no page but the call's"),
    ("PTP_SIMPLE_CALLBACK", "api/winbase/nf-winbase-initializethreadpoolenvironment", "no page but a call's"),
    ("PTP_CLEANUP_GROUP_CANCEL_CALLBACK", "api/winbase/nf-winbase-setthreadpoolcallbackcleanupgroup", "no page but the call's"),
    ("PTP_WAIT_CALLBACK", "api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolwait", "no page but the call's"),
    ("PTP_WIN32_IO_CALLBACK", "api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolio", "no page but the call's"),
    ("WAITORTIMERCALLBACK", "api/winbase/nf-winbase-registerwaitforsingleobject", "no page but the call's"),
    ("PHANDLER_ROUTINE", "windows/console/handlerroutine", "the console has a documentation of its own"),
    ("SetConsoleCtrlHandler", "windows/console/setconsolectrlhandler", "the console has a documentation of its own"),
    ("NtCancelIoFileEx", "ntdoc.m417z.com/ntcanceliofileex", "declared by the driver kit, but no page"),
];
