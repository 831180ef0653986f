pub use crate::differs::RegisterWaitForSingleObject;
pub use iocp_sys::{
    CloseThreadpoolWait, CreateEventW, CreateThreadpoolWait, GetCurrentProcess, ResetEvent,
    SetEvent, SetThreadpoolWait, UnregisterWait, UnregisterWaitEx, WaitForThreadpoolWaitCallbacks,
    INFINITE, PTP_CALLBACK_INSTANCE, PTP_WAIT, WT_EXECUTEINWAITTHREAD, WT_EXECUTELONGFUNCTION,
    WT_EXECUTEONLYONCE,
};
