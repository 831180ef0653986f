//! `ioapiset.h`: the completion port itself, and starting, cancelling and asking after operations.
//!
//! When a call owes a packet stands on the [crate's page](crate); which error means what in
//! [`errors`](crate::errors). `CreateIoRing` and its kin: see [`left_out`](crate::left_out).

use core::ffi::c_void;

use crate::minwinbase::{OVERLAPPED, OVERLAPPED_ENTRY};
use crate::minwindef::BOOL;
use crate::winnt::HANDLE;

link! { "kernel32.dll";
    /// Creates a completion port, or associates a handle with one, or both.
    ///
    /// * create: `FileHandle` = `INVALID_HANDLE_VALUE`, `ExistingCompletionPort` = null;
    ///   `CompletionKey` is ignored. `NumberOfConcurrentThreads` = how many threads may run after a
    ///   dequeue at the same time, 0 = number of processors.
    /// * associate: both handles given. `CompletionKey` comes back with every packet of the handle;
    ///   `NumberOfConcurrentThreads` is ignored. The result is the port's handle again: not a
    ///   second one to close.
    ///
    /// The association belongs to the file object, not to the handle: it holds for duplicates too,
    /// lasts until the last handle is closed, and cannot be made twice. Only Windows 8.1 and later
    /// can undo it
    /// ([`FileReplaceCompletionInformation`](crate::ntifs::FileReplaceCompletionInformation)).
    ///
    /// # Returns
    /// The port; null (not `INVALID_HANDLE_VALUE`) on failure.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (already associated, also with the same port; or not opened for
    /// overlapped I/O), `ERROR_INVALID_HANDLE`, `ERROR_INVALID_FUNCTION` (e.g. a console),
    /// `ERROR_NOT_ENOUGH_MEMORY`. Wine 8 leaves the error at 0 for a second association.
    ///
    /// # Safety
    /// * `FileHandle` is `INVALID_HANDLE_VALUE` or an open handle for overlapped I/O that the
    ///   caller may configure; `ExistingCompletionPort` is null or an open port.
    /// * every later operation on the handle, by whomever, may queue a packet with its
    ///   `OVERLAPPED`: who dequeues must know whose memory that is.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport>
    pub fn CreateIoCompletionPort(
        FileHandle: HANDLE,
        ExistingCompletionPort: HANDLE,
        CompletionKey: usize,
        NumberOfConcurrentThreads: u32,
    ) -> HANDLE;

    /// Dequeues one packet, or waits for one.
    ///
    /// `dwMilliseconds`: 0 = do not wait, `INFINITE` = no limit; since Windows 8 the time that the
    /// machine sleeps does not count. The thread counts for the concurrency of the port that it
    /// called last. `*lpNumberOfBytesTransferred` in bytes; `*lpCompletionKey`: of the association,
    /// or posted. Three outcomes are easily mixed up:
    ///
    /// | result | `*lpOverlapped` | meaning |
    /// | --- | --- | --- |
    /// | non-zero | any | a packet of a successful operation, or a posted one |
    /// | 0 | not null | a packet of a *failed* operation; `GetLastError` is its error |
    /// | 0 | null | no packet: the call itself failed or timed out |
    ///
    /// # Errors
    /// Without a packet: `WAIT_TIMEOUT`, `ERROR_ABANDONED_WAIT_0` (the port was closed meanwhile;
    /// Wine 8 goes on waiting), `ERROR_INVALID_HANDLE` (not a port, or already closed).
    ///
    /// # Safety
    /// * `CompletionPort` is an open port; it stays open during the call unless the caller counts
    ///   on the error above.
    /// * the three pointers may be written to. What `*lpOverlapped` then points to is the promise
    ///   of whoever started or posted the operation.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-getqueuedcompletionstatus>
    pub fn GetQueuedCompletionStatus(
        CompletionPort: HANDLE,
        lpNumberOfBytesTransferred: *mut u32,
        lpCompletionKey: *mut usize,
        lpOverlapped: *mut *mut OVERLAPPED,
        dwMilliseconds: u32,
    ) -> BOOL;

    /// Dequeues up to `ulCount` packets, waiting for the first if there is none.
    ///
    /// It succeeds also when operations *failed*: look at the status in each entry's `Internal`
    /// (its low 32 bits). It never waits for more packets once it has one. Non-zero =
    /// `*ulNumEntriesRemoved` packets, 1 to `ulCount`. `dwMilliseconds` and the port's concurrency:
    /// as [`GetQueuedCompletionStatus`]. `fAlertable` non-zero: if no packet is there, queued APCs
    /// run and end the wait. So they do, and the packets stay, if packets are there and this thread
    /// has not yet taken one from this port (facts PORT01, PORT02).
    ///
    /// # Errors
    /// `WAIT_TIMEOUT`, `WAIT_IO_COMPLETION` (an APC ran), `ERROR_ABANDONED_WAIT_0` (the port was
    /// closed meanwhile; Wine 8 goes on waiting), `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER`
    /// (`ulCount` is 0: open, no source). On an error no packet was dequeued: do not read the entries;
    /// `*ulNumEntriesRemoved` may be 0 or 1 (fact PORT13).
    ///
    /// # Safety
    /// * `CompletionPort` is an open port.
    /// * `lpCompletionPortEntries` may be written for `ulCount` entries, `ulNumEntriesRemoved` for
    ///   one `u32`.
    /// * with `fAlertable`, any APC of this thread may run inside the call.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-getqueuedcompletionstatusex>
    pub fn GetQueuedCompletionStatusEx(
        CompletionPort: HANDLE,
        lpCompletionPortEntries: *mut OVERLAPPED_ENTRY,
        ulCount: u32,
        ulNumEntriesRemoved: *mut u32,
        dwMilliseconds: u32,
        fAlertable: BOOL,
    ) -> BOOL;

    /// Queues a packet of the caller's making; wakes one waiter.
    ///
    /// `dwNumberOfBytesTransferred`, `dwCompletionKey` and `lpOverlapped` arrive as they are, 0 and
    /// null too, with status 0; none is checked or dereferenced. Non-zero = queued. Packets come
    /// out in the order of arrival. Waiting threads are woken last in, first out; before Windows 10 a
    /// thread that calls later may get a packet before one that was woken (fact PORT19).
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_NO_SYSTEM_RESOURCES` (the kernel's pool is exhausted): then
    /// no packet is queued.
    ///
    /// # Safety
    /// * `CompletionPort` is an open port.
    /// * whoever dequeues must be able to tell this `lpOverlapped` from those of real operations,
    ///   and what it points to (if anything) must be fit for what they do with it.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-postqueuedcompletionstatus>
    pub fn PostQueuedCompletionStatus(
        CompletionPort: HANDLE,
        dwNumberOfBytesTransferred: u32,
        dwCompletionKey: usize,
        lpOverlapped: *const OVERLAPPED,
    ) -> BOOL;

    /// Sends a control code to a device, file system or pipe.
    ///
    /// Non-zero = done, 0 with `ERROR_IO_PENDING` = in flight. With an `OVERLAPPED`,
    /// `lpBytesReturned` may be null; the count is then in the packet.
    ///
    /// `dwIoControlCode` says what to do and what the buffers hold; `nInBufferSize` and
    /// `nOutBufferSize` in bytes, 0 with a null buffer.
    ///
    /// # Errors
    /// `ERROR_INVALID_FUNCTION` (code unknown), `ERROR_INSUFFICIENT_BUFFER`, `ERROR_MORE_DATA`
    /// (output truncated), and those of the driver. A packet is owed after non-zero and after
    /// `ERROR_IO_PENDING` (not after non-zero if `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` is set);
    /// after an error status none, but a *warning* such as `ERROR_MORE_DATA` does queue one (in skip
    /// mode on Windows 7 it does not, fact SKIP07).
    ///
    /// # Safety
    /// * the handle is open and the buffers are as the control code demands.
    /// * with an `OVERLAPPED`: it and both buffers stay valid and untouched until the packet is
    ///   dequeued.
    /// * without one, the handle was not opened for overlapped I/O.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-deviceiocontrol>
    pub fn DeviceIoControl(
        hDevice: HANDLE,
        dwIoControlCode: u32,
        lpInBuffer: *const c_void,
        nInBufferSize: u32,
        lpOutBuffer: *mut c_void,
        nOutBufferSize: u32,
        lpBytesReturned: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;

    /// Asks for the outcome of an operation, or waits for it.
    ///
    /// With a completion port, use it only to translate the status of a *dequeued* operation. With
    /// `bWait` it waits on `hEvent`, or if that is null on the file handle: useless if several
    /// operations are in flight on it. Non-zero = the operation succeeded, with
    /// `*lpNumberOfBytesTransferred` bytes.
    ///
    /// # Errors
    /// `ERROR_IO_INCOMPLETE` (in flight and `bWait` is 0), else the error of the operation. It
    /// changes nothing about the packet: if one was owed, it still is.
    ///
    /// # Safety
    /// * `lpOverlapped` is that of an operation started on `hFile`, in flight or complete.
    /// * `lpNumberOfBytesTransferred` may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-getoverlappedresult>
    pub fn GetOverlappedResult(
        hFile: HANDLE,
        lpOverlapped: *const OVERLAPPED,
        lpNumberOfBytesTransferred: *mut u32,
        bWait: BOOL,
    ) -> BOOL;

    /// Asks to cancel operations on a handle, of any thread of this process.
    ///
    /// `lpOverlapped` null = all operations of the handle's file object started by this process. A
    /// request, not an end: the operation still completes, with `ERROR_OPERATION_ABORTED` or as if
    /// nothing had been asked, and its packet still comes. Non-zero = asked.
    ///
    /// # Errors
    /// `ERROR_NOT_FOUND`: nothing to cancel; the packet is queued or was delivered: not an error.
    /// `ERROR_INVALID_HANDLE`. Never changes which packets are owed.
    ///
    /// # Safety
    /// * `hFile` is open (else a recycled handle loses its operations).
    /// * `lpOverlapped` is compared by address, not read; if it was reused for another operation,
    ///   that one is cancelled.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-cancelioex>
    pub fn CancelIoEx(hFile: HANDLE, lpOverlapped: *const OVERLAPPED) -> BOOL;

    /// Asks to cancel the operations that *this thread* started on a handle.
    ///
    /// Operations of other threads go on: prefer [`CancelIoEx`]. Packets still come, as there.
    /// Non-zero = asked.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`. Unlike `CancelIoEx` it also succeeds with nothing to cancel.
    ///
    /// # Safety
    /// * `hFile` is open.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-cancelio>
    pub fn CancelIo(hFile: HANDLE) -> BOOL;
}

link_late! { "kernel32.dll";
    /// Like [`GetOverlappedResult`] with a timeout and an alertable wait: resolve at run time with
    /// `GetProcAddress`.
    ///
    /// `dwMilliseconds`: 0 = do not wait, `INFINITE` = no limit. Type:
    /// [`PFN_GetOverlappedResultEx`].
    ///
    /// # Errors
    /// `ERROR_IO_INCOMPLETE` (timeout 0), `WAIT_TIMEOUT`, `WAIT_IO_COMPLETION` (an APC ran), else
    /// the error of the operation. The packet, if owed, still is.
    ///
    /// # Safety
    /// * as for [`GetOverlappedResult`]; with `bAlertable`, APCs of this thread may run.
    ///
    /// # Source
    /// Windows 8. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-getoverlappedresultex>
    pub fn GetOverlappedResultEx(
        hFile: HANDLE,
        lpOverlapped: *const OVERLAPPED,
        lpNumberOfBytesTransferred: *mut u32,
        dwMilliseconds: u32,
        bAlertable: BOOL,
    ) -> BOOL as PFN_GetOverlappedResultEx;
}

link! { "kernel32.dll";
    /// Asks to cancel the synchronous operation in which a thread is blocked.
    ///
    /// A race by nature: the thread may be past it, or in the next one already. It does not touch
    /// overlapped operations; no packet is involved. Non-zero = asked.
    ///
    /// # Errors
    /// `ERROR_NOT_FOUND` (the thread is in no cancellable operation), `ERROR_ACCESS_DENIED`,
    /// `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `hThread` is an open thread handle with the right `THREAD_TERMINATE`.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `ioapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-cancelsynchronousio>
    pub fn CancelSynchronousIo(hThread: HANDLE) -> BOOL;
}
