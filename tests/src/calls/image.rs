//! Reads the tables of a program or DLL that is loaded in this process.
//!
//! # Safety
//!
//! A loaded image stays where it is, and the loader has checked its headers: their offsets lead to
//! memory of the image. Format: <https://learn.microsoft.com/en-us/windows/win32/debug/pe-format>.

use std::{ffi::CStr, ptr::null};

use iocp_sys as sys;

use super::ordinals::name_of;

/// Offset of the data directories from the PE signature in a 64-bit image.
const DIRECTORIES: usize = 4 + 20 + 112;

/// `IMAGE_DIRECTORY_ENTRY_EXPORT` and `…_IMPORT`.
const EXPORT: usize = 0;
const IMPORT: usize = 1;

/// A loaded image, by its address.
#[derive(Clone, Copy, Debug)]
pub struct Image(usize);

/// One entry of an import address table.
#[derive(Debug)]
pub struct ImportSlot {
    /// Lower case.
    pub dll: String,
    /// `#number` for an import by ordinal whose name is not known.
    pub name: String,
    /// Where the function's address is.
    pub slot: *mut usize,
}

impl Image {
    /// The program itself.
    pub fn of_program() -> Self {
        // SAFETY:
        // * no name means the program, which stays loaded.
        Self(unsafe { sys::GetModuleHandleW(null()) } as usize)
    }

    /// # Safety
    ///
    /// `base` is the handle of a module that is loaded as an image, and stays loaded.
    pub unsafe fn at(base: usize) -> Self {
        Self(base)
    }

    /// What the image calls itself, in lower case; `None` if it exports nothing.
    pub fn export_name(self) -> Option<String> {
        let directory = self.directory(EXPORT)?;
        let name: u32 = self.read(directory + 12);
        Some(self.text(name as usize).to_ascii_lowercase())
    }

    /// The entries of the import address table.
    pub fn imports(self) -> Vec<ImportSlot> {
        let mut slots = Vec::new();
        let Some(mut descriptor) = self.directory(IMPORT) else { return slots };
        loop {
            let [names, _, _, dll, addresses]: [u32; 5] = self.read(descriptor);
            if dll == 0 {
                return slots;
            }
            descriptor += 20;
            let dll = self.text(dll as usize).to_ascii_lowercase();
            for index in 0.. {
                let entry: u64 = self.read(names as usize + 8 * index);
                let name = match usize::try_from(entry) {
                    Ok(0) => break,
                    // The highest bit tells an ordinal; else two bytes of a hint, then the name.
                    Ok(ordinal) if ordinal >> 63 == 1 => {
                        #[allow(clippy::cast_possible_truncation)]
                        // the low 16 bits are the ordinal
                        name_of(&dll, ordinal as u16)
                    }
                    Ok(name) => self.text(name + 2).to_owned(),
                    Err(_) => unreachable!("a 64-bit program"),
                };
                let slot = (self.0 + addresses as usize + 8 * index) as *mut usize;
                slots.push(ImportSlot { dll: dll.clone(), name, slot });
            }
        }
    }

    fn directory(self, index: usize) -> Option<usize> {
        let signature: u32 = self.read(0x3C);
        let entry: u32 = self.read(signature as usize + DIRECTORIES + 8 * index);
        (entry != 0).then_some(entry as usize)
    }

    fn read<T: Copy>(self, offset: usize) -> T {
        // SAFETY:
        // * a loaded image: the offset came from its own headers and leads into it.
        unsafe { ((self.0 + offset) as *const T).read_unaligned() }
    }

    fn text(self, offset: usize) -> &'static str {
        // SAFETY:
        // * the names of a loaded image end with a zero, and the image stays loaded.
        let text = unsafe { CStr::from_ptr((self.0 + offset) as *const _) };
        text.to_str().unwrap_or("a name that is not UTF-8")
    }
}
