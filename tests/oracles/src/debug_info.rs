//! What gcc writes down about declarations: types, fields and parameters, out of DWARF.

use std::collections::HashMap;

use anyhow::{bail, Context, Result};
use gimli::{AttributeValue, DebuggingInformationEntry, EndianSlice, LittleEndian, UnitOffset};
use object::{Object, ObjectSection};

use crate::shape::{Function, Shape};

type Slice<'a> = EndianSlice<'a, LittleEndian>;
type Entry<'a, 'b> = DebuggingInformationEntry<'a, 'b, Slice<'a>>;

/// The declarations of one object file.
#[derive(Debug, Default)]
pub struct Declared {
    /// The type of each variable `t_NAME`, by `NAME`.
    pub types: HashMap<String, Shape>,
    /// Structures and unions by their place.
    pub structures: HashMap<usize, Structure>,
}

/// A structure or union.
#[derive(Debug, Default, Clone)]
pub struct Structure {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its members, in order.
    pub members: Vec<Member>,
    /// Its size.
    pub bytes: u64,
}

/// A field.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name; none for what C lets stand without.
    pub name: Option<String>,
    /// Bytes from the start.
    pub offset: u64,
    /// Its type.
    pub shape: Shape,
    /// Whether it is some bits of what lies there.
    pub bits: bool,
}

/// Reads all of it.
///
/// # Errors
///
/// The information is damaged, or of a kind that is not known here.
pub fn read(object: &object::File<'_>) -> Result<Declared> {
    let empty: &[u8] = &[];
    // References between sections are offsets in place, so an object file needs no relocation.
    let load = |id: gimli::SectionId| -> Result<Slice<'_>> {
        let section = object.section_by_name(id.name());
        let data = section.map_or(Ok(empty), |section| section.data())?;
        Ok(EndianSlice::new(data, LittleEndian))
    };
    let dwarf = gimli::Dwarf::load(load)?;
    let mut declared = Declared::default();
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        let unit = dwarf.unit(header)?;
        let reader = Reader { dwarf: &dwarf, unit: &unit };
        let mut tree = unit.entries_tree(None)?;
        let mut children = tree.root()?.children();
        while let Some(child) = children.next()? {
            let entry = child.entry();
            match entry.tag() {
                gimli::DW_TAG_variable => {
                    let Some(name) = reader.name(entry)? else { continue };
                    let Some(name) = name.strip_prefix("t_") else { continue };
                    declared.types.insert(name.to_owned(), reader.type_of(entry, 0)?);
                }
                gimli::DW_TAG_structure_type | gimli::DW_TAG_union_type => {
                    reader.structure(entry.offset(), &mut declared)?;
                }
                _ => {}
            }
        }
    }
    Ok(declared)
}

struct Reader<'a, 'b> {
    dwarf: &'b gimli::Dwarf<Slice<'a>>,
    unit: &'b gimli::Unit<Slice<'a>>,
}

impl<'a> Reader<'a, '_> {
    fn name(&self, entry: &Entry<'_, '_>) -> Result<Option<String>>
    where
        'a: 'a,
    {
        match entry.attr_value(gimli::DW_AT_name)? {
            Some(AttributeValue::String(text)) => Ok(Some(text.to_string_lossy().into_owned())),
            Some(AttributeValue::DebugStrRef(at)) => {
                Ok(Some(self.dwarf.debug_str.get_str(at)?.to_string_lossy().into_owned()))
            }
            None => Ok(None),
            Some(other) => bail!("a name of the kind {other:?}"),
        }
    }

    fn number(entry: &Entry<'_, '_>, attribute: gimli::DwAt) -> Result<Option<u64>> {
        Ok(entry.attr_value(attribute)?.and_then(|value| value.udata_value()))
    }

    /// The shape of what an entry's type is; `void` if it has none.
    fn type_of(&self, entry: &Entry<'_, '_>, depth: u32) -> Result<Shape> {
        match entry.attr_value(gimli::DW_AT_type)? {
            None => Ok(Shape::Void),
            Some(AttributeValue::UnitRef(at)) => self.shape(at, depth),
            Some(other) => bail!("a type of the kind {other:?}"),
        }
    }

    fn shape(&self, at: UnitOffset, depth: u32) -> Result<Shape> {
        if depth > 40 {
            bail!("a type within itself");
        }
        let entry = self.unit.entry(at)?;
        let bytes = || Self::number(&entry, gimli::DW_AT_byte_size);
        match entry.tag() {
            gimli::DW_TAG_typedef | gimli::DW_TAG_const_type | gimli::DW_TAG_volatile_type => {
                self.type_of(&entry, depth + 1)
            }
            gimli::DW_TAG_base_type => {
                let bytes = bytes()?.context("a base type has a size")?;
                let name = self.name(&entry)?.unwrap_or_default();
                match entry.attr_value(gimli::DW_AT_encoding)? {
                    Some(AttributeValue::Encoding(gimli::DW_ATE_boolean)) => Ok(Shape::Bool),
                    _ if name == "char" => Ok(Shape::Int { bytes, signed: None }),
                    Some(AttributeValue::Encoding(
                        gimli::DW_ATE_signed | gimli::DW_ATE_signed_char,
                    )) => Ok(Shape::Int { bytes, signed: Some(true) }),
                    Some(AttributeValue::Encoding(
                        gimli::DW_ATE_unsigned | gimli::DW_ATE_unsigned_char,
                    )) => Ok(Shape::Int { bytes, signed: Some(false) }),
                    // Floating point: not in our surface.
                    _ => Ok(Shape::Theirs { at: at.0, bytes: Some(bytes) }),
                }
            }
            gimli::DW_TAG_enumeration_type => {
                Ok(Shape::Int { bytes: bytes()?.unwrap_or(4), signed: None })
            }
            gimli::DW_TAG_pointer_type => {
                let mutable = !self.is_const(&entry)?;
                Ok(Shape::Pointer { mutable, to: Box::new(self.type_of(&entry, depth + 1)?) })
            }
            gimli::DW_TAG_subroutine_type => {
                let mut parameters = Vec::new();
                let mut tree = self.unit.entries_tree(Some(at))?;
                let mut children = tree.root()?.children();
                while let Some(child) = children.next()? {
                    if child.entry().tag() == gimli::DW_TAG_formal_parameter {
                        parameters.push(self.type_of(child.entry(), depth + 1)?);
                    }
                }
                let result = self.type_of(&entry, depth + 1)?;
                Ok(Shape::Function(Box::new(Function { parameters, result })))
            }
            gimli::DW_TAG_array_type => {
                let mut tree = self.unit.entries_tree(Some(at))?;
                let mut children = tree.root()?.children();
                let mut of = self.type_of(&entry, depth + 1)?;
                let mut counts = Vec::new();
                while let Some(child) = children.next()? {
                    let child = child.entry();
                    let last = Self::number(child, gimli::DW_AT_upper_bound)?;
                    let count = Self::number(child, gimli::DW_AT_count)?;
                    counts.push(count.or(last.map(|last| last.wrapping_add(1))));
                }
                for count in counts.into_iter().rev() {
                    of = Shape::Array { of: Box::new(of), count };
                }
                Ok(of)
            }
            gimli::DW_TAG_structure_type | gimli::DW_TAG_union_type => {
                // In C a union of its halves and itself, a number here.
                match self.name(&entry)?.as_deref() {
                    Some("_LARGE_INTEGER") => {
                        return Ok(Shape::Int { bytes: 8, signed: Some(true) })
                    }
                    Some("_ULARGE_INTEGER") => {
                        return Ok(Shape::Int { bytes: 8, signed: Some(false) });
                    }
                    _ => {}
                }
                Ok(Shape::Theirs { at: at.0, bytes: bytes()? })
            }
            other => bail!("a type with the tag {other}"),
        }
    }

    /// Whether what a pointer points to is `const`, through typedefs.
    fn is_const(&self, pointer: &Entry<'_, '_>) -> Result<bool> {
        let mut next = pointer.attr_value(gimli::DW_AT_type)?;
        while let Some(AttributeValue::UnitRef(at)) = next {
            let entry = self.unit.entry(at)?;
            match entry.tag() {
                gimli::DW_TAG_const_type => return Ok(true),
                gimli::DW_TAG_typedef | gimli::DW_TAG_volatile_type => {
                    next = entry.attr_value(gimli::DW_AT_type)?;
                }
                _ => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Enters a structure and what is declared inside it.
    fn structure(&self, at: UnitOffset, declared: &mut Declared) -> Result<()> {
        let entry = self.unit.entry(at)?;
        let mut structure = Structure {
            name: self.name(&entry)?,
            bytes: Self::number(&entry, gimli::DW_AT_byte_size)?.unwrap_or(0),
            members: Vec::new(),
        };
        let mut tree = self.unit.entries_tree(Some(at))?;
        let mut children = tree.root()?.children();
        while let Some(child) = children.next()? {
            let child = child.entry();
            match child.tag() {
                gimli::DW_TAG_member => structure.members.push(Member {
                    name: self.name(child)?,
                    offset: Self::number(child, gimli::DW_AT_data_member_location)?.unwrap_or(0),
                    shape: self.type_of(child, 0)?,
                    bits: child.attr_value(gimli::DW_AT_bit_size)?.is_some(),
                }),
                gimli::DW_TAG_structure_type | gimli::DW_TAG_union_type => {
                    self.structure(child.offset(), declared)?;
                }
                _ => {}
            }
        }
        declared.structures.insert(at.0, structure);
        Ok(())
    }
}
