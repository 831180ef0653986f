//! The thunks, their targets and their counters.
//!
//! A thunk counts for all threads and for the meter of its thread, then jumps to the function as if
//! it had been called itself: arguments, stack and return address are untouched.
//!
//! ```text
//! lock inc qword ptr [rip + counter]
//! mov  r11, gs:[the thread's meter]     ; a slot of the thread's environment block, from TlsAlloc
//! test r11, r11
//! jz   over
//! lock inc qword ptr [r11 + 8 * index]
//! over: jmp qword ptr [rip + target]
//! ```
//!
//! # Safety
//!
//! `r11` and the flags are scratch at the entry of any function. All thunks are written once, then
//! the pages are made executable; a new function only gets a target. Nothing is ever given back.

use std::{
    arch::asm,
    marker::PhantomData,
    ptr::null_mut,
    slice,
    sync::{
        atomic::{AtomicU64, AtomicUsize, Ordering},
        Arc, Mutex, PoisonError,
    },
};

use iocp_sys as sys;

/// So many functions can be counted.
pub(super) const CAPACITY: usize = 1024;

/// Room for one thunk, in bytes.
const THUNK: usize = 48;
const CODE: usize = CAPACITY * THUNK;
const _: () = assert!(CODE & 4095 == 0, "code and data are on different pages");

const PAGE_EXECUTE_READ: u32 = 0x20;

#[link(name = "kernel32")]
extern "system" {
    fn FlushInstructionCache(process: sys::HANDLE, base: *const u8, size: usize) -> sys::BOOL;
    fn TlsAlloc() -> u32;
    pub(super) fn VirtualProtect(
        address: *mut std::ffi::c_void,
        size: usize,
        new: u32,
        old: *mut u32,
    ) -> sys::BOOL;
}

/// A function that is counted; its place in the list is the number of its thunk.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) name: String,
    target: usize,
}

/// Thunks first, then as many targets, then as many counters.
#[derive(Debug)]
pub(super) struct Table {
    base: usize,
    /// Offset of the meter's pointer from the thread's environment block.
    meter_offset: u32,
    imports: Mutex<Vec<Import>>,
    missed: AtomicUsize,
}

impl Table {
    pub(super) fn new() -> Self {
        // SAFETY:
        // * takes no arguments and gives a number.
        let slot = unsafe { TlsAlloc() };
        assert!(slot < 64, "TlsAlloc: {slot}; only the first 64 lie in the block itself");
        // TEB.TlsSlots, the same on every 64-bit Windows since the first.
        let meter_offset = 0x1480 + 8 * slot;
        let size = CODE + 2 * 8 * CAPACITY;
        // SAFETY:
        // * new memory, wherever there is room.
        let base = unsafe {
            sys::VirtualAlloc(null_mut(), size, sys::MEM_RESERVE | sys::MEM_COMMIT, 0x04)
        };
        assert!(!base.is_null(), "VirtualAlloc");
        for index in 0..CAPACITY {
            let code = thunk(index, meter_offset);
            let place = base.cast::<[u8; THUNK]>().wrapping_add(index);
            // SAFETY:
            // * the first part of the new memory is room for `CAPACITY` thunks; nobody runs it yet.
            unsafe { place.write(code) };
        }
        let mut old = 0;
        // SAFETY:
        // * whole pages of our own memory, which hold code now.
        let ok = unsafe { VirtualProtect(base, CODE, PAGE_EXECUTE_READ, &mut old) };
        assert_ne!(ok, 0, "VirtualProtect");
        // SAFETY:
        // * takes no arguments and gives a constant.
        let process = unsafe { sys::GetCurrentProcess() };
        // SAFETY:
        // * our own memory, which holds the code that was just written.
        unsafe { FlushInstructionCache(process, base.cast(), CODE) };
        Self {
            base: base as usize,
            meter_offset,
            imports: Mutex::default(),
            missed: AtomicUsize::new(0),
        }
    }

    /// The address to call instead of `target`. The same function has the same thunk.
    pub(super) fn wrap(&self, name: &str, target: usize) -> usize {
        let mut imports = self.imports.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |import: &Import| import.target == target && import.name == name;
        let index = imports.iter().position(same).unwrap_or(imports.len());
        if index == CAPACITY {
            self.missed.fetch_add(1, Ordering::SeqCst);
            return target;
        }
        if index == imports.len() {
            self.targets()[index].store(target as u64, Ordering::SeqCst);
            imports.push(Import { name: name.to_owned(), target });
        }
        self.base + index * THUNK
    }

    /// Looks at the functions that are counted.
    ///
    /// # Panics
    ///
    /// If there were more than can be counted: a count that is too low must not look like a count.
    pub(super) fn with_imports<T>(&self, look: impl FnOnce(&[Import]) -> T) -> T {
        assert_eq!(self.missed.load(Ordering::SeqCst), 0, "more functions than {CAPACITY}");
        look(&self.imports.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn counters(&self) -> &[AtomicU64] {
        self.words(CODE + 8 * CAPACITY)
    }

    fn targets(&self) -> &[AtomicU64] {
        self.words(CODE)
    }

    fn words(&self, offset: usize) -> &[AtomicU64] {
        // SAFETY:
        // * this many words follow, zero at first, and everybody uses them as atomics.
        // * the memory is never given back.
        unsafe { slice::from_raw_parts((self.base + offset) as *const AtomicU64, CAPACITY) }
    }
}

/// The code of one thunk.
fn thunk(index: usize, meter_offset: u32) -> [u8; THUNK] {
    let at = index * THUNK;
    // Relative to the end of the instruction that names it.
    let to = |offset: usize, end: usize| {
        u32::try_from(offset + 8 * index - at - end).expect("within the table").to_le_bytes()
    };
    let mut code = Vec::with_capacity(THUNK);
    code.extend([0xF0, 0x48, 0xFF, 0x05]); // lock inc qword ptr [rip + …]
    code.extend(to(CODE + 8 * CAPACITY, 8));
    code.extend([0x65, 0x4C, 0x8B, 0x1C, 0x25]); // mov r11, gs:[…]
    code.extend(meter_offset.to_le_bytes());
    code.extend([0x4D, 0x85, 0xDB]); // test r11, r11
    code.extend([0x74, 8]); // jz over the next instruction
    code.extend([0xF0, 0x49, 0xFF, 0x83]); // lock inc qword ptr [r11 + …]
    code.extend(u32::try_from(8 * index).expect("within the meter").to_le_bytes());
    code.extend([0xFF, 0x25]); // jmp qword ptr [rip + …]
    code.extend(to(CODE, 36));
    code.resize(THUNK, 0xCC); // int3
    code.try_into().expect("its size")
}

/// While it lives, this thread counts for a meter.
pub(super) struct ThreadMeter<'a> {
    offset: u32,
    before: u64,
    _counters: Arc<[AtomicU64]>,
    /// Of this thread only.
    _thread: PhantomData<(*const (), &'a Table)>,
}

impl<'a> ThreadMeter<'a> {
    pub(super) fn enter(table: &'a Table, counters: &Arc<[AtomicU64]>) -> Self {
        let offset = table.meter_offset;
        assert!(counters.len() >= CAPACITY);
        let counters = Arc::clone(counters);
        let before = swap(offset, counters.as_ptr() as u64);
        Self { offset, before, _counters: counters, _thread: PhantomData }
    }
}

impl Drop for ThreadMeter<'_> {
    fn drop(&mut self) {
        swap(self.offset, self.before);
    }
}

/// Changes the thread's slot. Not with `TlsSetValue`, which would count itself.
fn swap(offset: u32, value: u64) -> u64 {
    let before;
    // SAFETY:
    // * `gs` is the thread's environment block, and TlsAlloc gave us this slot of it.
    unsafe {
        asm!(
            "mov {before}, gs:[{offset:r}]",
            "mov gs:[{offset:r}], {value}",
            offset = in(reg) u64::from(offset),
            value = in(reg) value,
            before = out(reg) before,
            options(nostack, preserves_flags),
        );
    }
    before
}
