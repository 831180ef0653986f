//! Reserving and committing pages.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/memory/memory-protection-constants>

/// How `VirtualAlloc` allocates; a name of the Windows metadata.
pub type VIRTUAL_ALLOCATION_TYPE = u32;
/// How `VirtualFree` frees; a name of the Windows metadata.
pub type VIRTUAL_FREE_TYPE = u32;
/// Protection of pages; a name of the Windows metadata.
pub type PAGE_PROTECTION_FLAGS = u32;

/// Pages may not be touched; reserved ranges can carry it.
pub const PAGE_NOACCESS: PAGE_PROTECTION_FLAGS = 0x01;
/// Pages may be read and written.
pub const PAGE_READWRITE: PAGE_PROTECTION_FLAGS = 0x04;

/// Back pages with memory, zeroed at the first touch.
pub const MEM_COMMIT: VIRTUAL_ALLOCATION_TYPE = 0x1000;
/// Take a range of addresses without memory behind it; granularity 64 KiB.
pub const MEM_RESERVE: VIRTUAL_ALLOCATION_TYPE = 0x2000;
/// Give the memory of pages back and keep the addresses reserved.
pub const MEM_DECOMMIT: VIRTUAL_FREE_TYPE = 0x4000;
/// Give the whole reservation back; the size must be 0 and the address its base.
pub const MEM_RELEASE: VIRTUAL_FREE_TYPE = 0x8000;
