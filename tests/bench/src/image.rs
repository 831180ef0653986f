//! Where this program's own code lies: what a tracer steps through.
//!
//! # Safety
//!
//! Reads the headers of the running image, which the loader mapped and nobody unmaps.

use std::ops::Range;

use iocp_sys::GetModuleHandleW;

/// The addresses of the image of the running program.
pub(crate) fn range() -> Range<usize> {
    // SAFETY:
    // * a null name asks for the module of the program itself, which stays loaded.
    let base = unsafe { GetModuleHandleW(std::ptr::null()) } as usize;
    let word = |at: usize| {
        // SAFETY:
        // * `at` is inside the headers of the loaded image, aligned to four bytes.
        unsafe { (at as *const u32).read() as usize }
    };
    // e_lfanew, then SizeOfImage of the optional header: 24 bytes of signature and file header
    // before it, 56 bytes into it.
    let headers = base + word(base + 0x3C);
    base..base + word(headers + 24 + 56)
}
