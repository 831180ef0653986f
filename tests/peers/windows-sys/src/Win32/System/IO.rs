pub use iocp_sys::{
    CancelIoEx, CreateIoCompletionPort, DeviceIoControl, GetOverlappedResult,
    GetQueuedCompletionStatus, GetQueuedCompletionStatusEx, PostQueuedCompletionStatus,
    IO_STATUS_BLOCK, IO_STATUS_BLOCK_0, OVERLAPPED, OVERLAPPED_ENTRY,
};
