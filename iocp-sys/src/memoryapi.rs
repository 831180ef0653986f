//! `memoryapi.h`: reserving and committing pages.

use core::ffi::c_void;

use crate::minwindef::BOOL;
use crate::winnt::{PAGE_PROTECTION_FLAGS, VIRTUAL_ALLOCATION_TYPE, VIRTUAL_FREE_TYPE};

link! { "kernel32.dll";
    /// Reserves or commits pages of this process, or both.
    ///
    /// `dwSize` (bytes) is rounded up to whole pages (4 KiB), a reservation's address down to 64
    /// KiB. Committed memory is zeroed. `lpAddress` null = anywhere. Committing pages twice does no
    /// harm. `flAllocationType`: `MEM_RESERVE`, `MEM_COMMIT` or both. `flProtect`: one `PAGE_…`.
    ///
    /// # Returns
    /// The base address; null on failure.
    ///
    /// # Errors
    /// `ERROR_INVALID_ADDRESS` (487), `ERROR_NOT_ENOUGH_MEMORY`, `ERROR_COMMITMENT_LIMIT` (1455),
    /// `ERROR_INVALID_PARAMETER` (size 0).
    ///
    /// # Safety
    /// * a non-null `lpAddress` with `MEM_COMMIT` lies in a reservation that the caller owns.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `memoryapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/memoryapi/nf-memoryapi-virtualalloc>
    pub fn VirtualAlloc(
        lpAddress: *const c_void,
        dwSize: usize,
        flAllocationType: VIRTUAL_ALLOCATION_TYPE,
        flProtect: PAGE_PROTECTION_FLAGS,
    ) -> *mut c_void;

    /// Decommits pages, or releases a whole reservation.
    ///
    /// `dwFreeType`: `MEM_DECOMMIT` or `MEM_RELEASE`, never both. `MEM_RELEASE`: `lpAddress` = the
    /// base that `VirtualAlloc` returned, `dwSize` = 0. `MEM_DECOMMIT`: `dwSize` in bytes; 0 with
    /// the base = all. Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_INVALID_ADDRESS` (487), `ERROR_INVALID_PARAMETER` (release with a size).
    ///
    /// # Safety
    /// * the range comes from `VirtualAlloc`; nobody, the kernel included, uses it any more: no
    ///   operation is in flight whose `OVERLAPPED` or buffer lies in it.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `memoryapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/memoryapi/nf-memoryapi-virtualfree>
    pub fn VirtualFree(
        lpAddress: *mut c_void,
        dwSize: usize,
        dwFreeType: VIRTUAL_FREE_TYPE,
    ) -> BOOL;
}
