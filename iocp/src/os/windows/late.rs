//! Functions of ntdll.dll and kernel32.dll that an older system lacks, looked up once.

use std::{
    ffi::{c_void, CStr},
    marker::PhantomData,
    mem::{size_of, transmute_copy},
    ptr::{null_mut, NonNull},
    sync::atomic::{AtomicPtr, Ordering},
};

use iocp_sys as sys;

/// "ntdll.dll", which every process has.
pub(super) const NTDLL: &[u16] = &utf16(b"ntdll.dll\0");

/// "kernel32.dll", which every process has.
pub(super) const KERNEL32: &[u16] = &utf16(b"kernel32.dll\0");

const fn utf16<const N: usize>(name: &[u8; N]) -> [u16; N] {
    let mut wide = [0; N];
    let mut at = 0;
    while at < N {
        wide[at] = name[at] as u16;
        at += 1;
    }
    wide
}

/// A function of a DLL, an `F`, or none.
pub(super) struct Late<F> {
    dll: &'static [u16],
    name: &'static CStr,
    /// Null: not looked up yet; [`ABSENT`]: there is none.
    found: AtomicPtr<c_void>,
    function: PhantomData<F>,
}

/// No function's address.
const ABSENT: *mut c_void = NonNull::<u8>::dangling().as_ptr().cast();

impl<T> Late<Option<T>> {
    /// # Safety
    ///
    /// `T` is the type of the function of that name; `dll` ends with 0.
    pub(super) const unsafe fn new(dll: &'static [u16], name: &'static CStr) -> Self {
        assert!(size_of::<Option<T>>() == size_of::<*mut c_void>());
        Self { dll, name, found: AtomicPtr::new(null_mut()), function: PhantomData }
    }

    /// [`GetProcAddress`](https://learn.microsoft.com/en-us/windows/win32/api/libloaderapi/nf-libloaderapi-getprocaddress),
    /// the first time.
    pub(super) fn get(&self) -> Option<T> {
        let mut found = self.found.load(Ordering::Relaxed);
        if found.is_null() {
            found = self.find().unwrap_or(ABSENT);
            self.found.store(found, Ordering::Relaxed);
        }
        if found == ABSENT {
            return None;
        }
        // SAFETY:
        // * An `Option` of a function pointer has the size of a pointer, as `new` asserts; this one was
        //   given by the system for the name, so it is a `T`.
        unsafe { transmute_copy::<*mut c_void, Option<T>>(&found) }
    }

    fn find(&self) -> Option<*mut c_void> {
        // SAFETY:
        // * The name ends with 0, as `new`'s caller promises.
        let module = unsafe { sys::GetModuleHandleW(self.dll.as_ptr()) };
        if module.is_null() {
            return None;
        }
        // SAFETY:
        // * The module is one that no process unloads; the name ends with 0.
        let found = unsafe { sys::GetProcAddress(module, self.name.as_ptr().cast()) };
        found.map(|function| function as *mut c_void)
    }
}
