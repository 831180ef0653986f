//! An arena: memory of a port for items of one type, its slots or its handle cells.
//!
//! Address space is reserved, and committed page by page as new items are asked for. An item that is
//! given back is the first to be taken again; the memory goes with the arena.
//!
//! An arena consists of *chunks* of 64 KiB. The first place of each one is no item but a header, which
//! names the arena's owner and the chunk's number. So a pointer to an item leads to the owner and to
//! the item's index, and a value that needs all three holds one pointer.
//!
//! # Safety
//!
//! Committed memory is zeroed at first and stays until the arena is dropped or leaked. A place whose
//! index is below [`places`](Arena::places) lies in it.

use std::{
    fmt,
    marker::PhantomData,
    mem::size_of,
    ptr::NonNull,
    sync::{
        atomic::{AtomicPtr, AtomicUsize, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
};

use super::cache_padded::CachePadded;
use crate::os::{self, Code};

/// Bytes of a chunk, and its alignment: what the system aligns reservations to.
pub(super) const CHUNK: usize = 65_536;

/// Bytes committed at a time: a page on every target of Windows.
const PAGE: usize = 4096;

/// What a chunk begins with.
struct Header {
    owner: AtomicPtr<()>,
    number: AtomicUsize,
}

/// What can lie in an arena.
pub(super) trait Item: Sized {
    /// While the item is free: where the next free one lies in all chunks, or 0, which is a header's.
    fn next_free(&self) -> &AtomicUsize;

    /// What is written to zeroed memory that is taken first. `None`: that is a free item as it is, and other threads may
    /// look at it already, by its index: so no unique reference may be made to it.
    fn first() -> Option<Self>;
}

/// Items that are taken and given back.
pub(super) struct Arena<T> {
    /// All places in committed memory, headers included.
    places: AtomicUsize,
    list: CachePadded<Mutex<List>>,
    items: PhantomData<T>,
}

#[derive(Debug)]
struct List {
    /// The start of each reservation.
    reserved: Vec<NonNull<u8>>,
    /// Bytes of each reservation, and whether there may be more than one.
    bytes: usize,
    grows: bool,
    /// Committed bytes of all chunks, one after the other.
    committed: usize,
    /// Places from this index on were never taken.
    fresh: usize,
    /// Where the first free item lies, or 0.
    free: usize,
}

// SAFETY:
// * the pointers are the starts of memory that only the arena releases; its items are shared by
//   reference, which `Arena` allows if they are `Sync`.
unsafe impl Send for List {}

impl<T: Item + Sync> Arena<T> {
    /// Places of a chunk, with that of the header.
    pub(super) const IN_CHUNK: usize = {
        assert!(size_of::<Header>() <= size_of::<T>() && size_of::<T>() <= PAGE);
        CHUNK / size_of::<T>()
    };

    /// For any number of items: one reservation for each chunk.
    pub(super) fn growing() -> Self {
        Self::of(List {
            reserved: Vec::new(),
            bytes: CHUNK,
            grows: true,
            committed: 0,
            fresh: 0,
            free: 0,
        })
    }

    /// For at least so many items, in one reservation that begins at the address returned.
    pub(super) fn contiguous(items: usize) -> Result<(Self, NonNull<u8>), Code> {
        let bytes = items.div_ceil(Self::IN_CHUNK - 1) * CHUNK;
        let base = os::reserve(bytes)?;
        let reserved = vec![base];
        Ok((
            Self::of(List { reserved, bytes, grows: false, committed: 0, fresh: 0, free: 0 }),
            base,
        ))
    }

    fn of(list: List) -> Self {
        let (places, list) = (AtomicUsize::new(0), CachePadded(Mutex::new(list)));
        Self { places, list, items: PhantomData }
    }

    /// Takes a free item. [`owner_of`] it is `owner`, the same at every call. The pointer may be used
    /// for all of its reservation.
    pub(super) fn take(&self, owner: *const ()) -> Result<NonNull<T>, Code> {
        let mut list = self.lock();
        if list.free != 0 {
            let item = list.at(list.free).cast::<T>();
            // SAFETY:
            // * a free item was initialised when it was taken first, and is shared from then on.
            list.free = unsafe { item.as_ref() }.next_free().load(Ordering::Relaxed);
            return Ok(item);
        }
        let index = if list.fresh % Self::IN_CHUNK == 0 { list.fresh + 1 } else { list.fresh };
        if offset::<T>(index) + size_of::<T>() > list.committed {
            list.commit(owner)?;
            let (chunks, rest) = (list.committed / CHUNK, list.committed % CHUNK);
            let places = chunks * Self::IN_CHUNK + rest / size_of::<T>();
            self.places.store(places, Ordering::Release);
        }
        list.fresh = index + 1;
        let item = list.at(offset::<T>(index)).cast::<T>();
        if let Some(first) = T::first() {
            // SAFETY:
            // * committed memory with the size and alignment of a `T`; nobody has a pointer to it yet.
            unsafe { item.as_ptr().write(first) };
        }
        Ok(item)
    }

    /// Gives an item back.
    ///
    /// # Safety
    ///
    /// It was [taken](Self::take) from this arena, with this pointer or one that may be used as that one,
    /// and is not given back twice.
    pub(super) unsafe fn put(&self, item: NonNull<T>) {
        let mut list = self.lock();
        // SAFETY:
        // * taken from this arena, so it is valid and shared.
        unsafe { item.as_ref() }.next_free().store(list.free, Ordering::Relaxed);
        // SAFETY:
        // * taken from this arena, so it lies in one of its chunks.
        list.free = unsafe { offset_of(item) };
    }

    /// All places in committed memory, headers included.
    #[inline(always)]
    pub(super) fn places(&self) -> usize {
        self.places.load(Ordering::Acquire)
    }

    /// Calls `each` for every item that was ever taken. None is taken or given back meanwhile.
    pub(super) fn for_each(&self, each: impl Fn(&T)) {
        let list = self.lock();
        for index in (1..list.fresh).filter(|index| index % Self::IN_CHUNK != 0) {
            // SAFETY:
            // * initialised when it was taken first, and shared from then on.
            each(unsafe { list.at(offset::<T>(index)).cast().as_ref() });
        }
    }

    /// The drop of the arena leaves its memory where it is, for ever.
    pub(super) fn leak(&self) {
        self.lock().reserved.clear();
    }

    /// No panic can happen under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Arena<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").field("list", &*self.list).finish_non_exhaustive()
    }
}

impl List {
    /// Commits the next page, and makes the header of a chunk that begins with it.
    fn commit(&mut self, owner: *const ()) -> Result<(), Code> {
        if self.committed == self.reserved.len() * self.bytes {
            if !self.grows {
                return Err(Code::NOT_ENOUGH_MEMORY);
            }
            // Room for its start first: nothing is lost where memory is short.
            self.reserved.reserve(1);
            self.reserved.push(os::reserve(self.bytes)?);
        }
        let (base, start) = self.split(self.committed);
        // SAFETY:
        // * the page lies in this reservation, which is a multiple of pages and has that much left.
        unsafe { os::commit(base, start, PAGE) }?;
        self.committed += PAGE;
        if start % CHUNK == 0 {
            let header = self.at(self.committed - PAGE).cast::<Header>();
            // SAFETY:
            // * committed memory, zeroed, which is a valid header; aligned as the chunk is.
            let header = unsafe { header.as_ref() };
            header.owner.store(owner.cast_mut(), Ordering::Relaxed);
            header.number.store((self.committed - PAGE) / CHUNK, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Which reservation an offset lies in, and where in it.
    fn split(&self, offset: usize) -> (NonNull<u8>, usize) {
        (self.reserved[offset / self.bytes], offset % self.bytes)
    }

    /// The byte at an offset of all chunks, one after the other.
    fn at(&self, offset: usize) -> NonNull<u8> {
        assert!(offset < self.committed, "no item has this index");
        let (base, start) = self.split(offset);
        // SAFETY:
        // * `split` gives an offset below the size of the reservation.
        let byte = unsafe { base.as_ptr().add(start) };
        // SAFETY:
        // * an offset within an allocation from a pointer that is not null.
        unsafe { NonNull::new_unchecked(byte) }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        for &start in &self.reserved {
            // SAFETY:
            // * reserved by this list with this size, and released once.
            // * nobody uses the memory: an owner drops its arena when nobody refers to an item.
            unsafe { os::release(start, self.bytes) };
        }
    }
}

/// Where the place with an index lies in all chunks, one after the other.
fn offset<T>(index: usize) -> usize {
    let in_chunk = CHUNK / size_of::<T>();
    index / in_chunk * CHUNK + index % in_chunk * size_of::<T>()
}

/// The owner of the arena that `item` lies in.
///
/// # Safety
///
/// As [`header_of`].
#[inline(always)]
pub(crate) unsafe fn owner_of<T>(item: NonNull<T>) -> *const () {
    // SAFETY:
    // * the caller promises what `header_of` asks for.
    unsafe { header_of(item) }.owner.load(Ordering::Relaxed)
}

/// Where `item` lies in all chunks of its arena, one after the other.
///
/// # Safety
///
/// As [`header_of`].
unsafe fn offset_of<T>(item: NonNull<T>) -> usize {
    // SAFETY:
    // * the caller promises what `header_of` asks for.
    let number = unsafe { header_of(item) }.number.load(Ordering::Relaxed);
    number * CHUNK + item.as_ptr() as usize % CHUNK
}

/// The index of `item` in its arena.
///
/// # Safety
///
/// As [`header_of`].
pub(crate) unsafe fn index_of<T>(item: NonNull<T>) -> u32 {
    // SAFETY:
    // * the caller promises what `header_of` asks for.
    let number = unsafe { header_of(item) }.number.load(Ordering::Relaxed);
    let index = number * (CHUNK / size_of::<T>()) + item.as_ptr() as usize % CHUNK / size_of::<T>();
    // An arena of more items than that does not fit beside anything else.
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// # Safety
///
/// `item` lies in a chunk of an arena that stays for `'a`, and the pointer may be used for all of it.
#[inline(always)]
unsafe fn header_of<'a, T>(item: NonNull<T>) -> &'a Header {
    let item = item.as_ptr().cast::<u8>();
    // SAFETY:
    // * the start of its chunk, for which the pointer may be used: chunks are aligned to their size.
    let chunk = unsafe { item.sub(item as usize % CHUNK) };
    // SAFETY:
    // * a chunk in which there are items begins with a header.
    unsafe { &*chunk.cast::<Header>() }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;
    use crate::{
        core::handle_cell::HandleCell,
        sim::{Kernel, Script},
    };

    #[test]
    fn every_item_lies_in_memory_that_is_committed_and_overlaps_no_other() {
        let _kernel = Kernel::new(Script::default());
        let (arena, in_chunk) = (Arena::<HandleCell>::growing(), Arena::<HandleCell>::IN_CHUNK);
        let mut last = None;
        for made in 0..in_chunk * if cfg!(miri) { 1 } else { 2 } + 3 {
            let item = arena.take(std::ptr::null()).unwrap();
            let list = arena.lock();
            let end = item.as_ptr() as usize % CHUNK + size_of::<HandleCell>();
            assert!(end >= 2 * size_of::<HandleCell>() && end <= CHUNK);
            assert!((list.reserved.len() - 1) * CHUNK + end <= list.committed);
            // SAFETY:
            // * just taken from the arena.
            assert_eq!(unsafe { index_of(item) } as usize, made + made / (in_chunk - 1) + 1);
            assert_ne!(last.replace(item), Some(item));
        }
    }
}
