//! The shape of a type: what is left of it when the names of integers are gone.
//!
//! Our types (from the source) and those of C (from the compiler's debug information) are brought
//! into this one form and compared. Rules that say what is the same although it is written
//! differently are in [`Shape::differs`], each with its reason.

use std::{collections::HashMap, fmt};

use anyhow::{bail, Context, Result};
use quote::ToTokens;

use crate::source::{Item, Kind, Width};

/// A type without names of integers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Nothing, as a result; anything, behind a pointer.
    Void,
    /// An integer; the sign of C's `char` and enumerations is not a promise, so it is `None`.
    Int {
        /// Its size.
        bytes: u64,
        /// Whether it has a sign.
        signed: Option<bool>,
    },
    /// A truth value of one byte: nowhere in the SDK.
    Bool,
    /// A pointer that may be written through, or not.
    Pointer {
        /// Whether what it points to may be written.
        mutable: bool,
        /// What it points to.
        to: Box<Shape>,
    },
    /// A function (behind a pointer).
    Function(Box<Function>),
    /// An array; the count is `None` where it is not a plain number in our source.
    Array {
        /// Its elements.
        of: Box<Shape>,
        /// How many.
        count: Option<u64>,
    },
    /// A structure or union of ours.
    Ours(String),
    /// A structure or union of the C headers: the place in the debug information, and its size, which
    /// is `None` if the headers do not say what is in it.
    Theirs {
        /// Where in the debug information.
        at: usize,
        /// Its size.
        bytes: Option<u64>,
    },
}

/// Parameters and result of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// In order.
    pub parameters: Vec<Shape>,
    /// `Void` for none.
    pub result: Shape,
}

/// Our names and what they stand for, for one width of pointers.
#[derive(Debug)]
pub struct Names<'a> {
    items: HashMap<&'a str, &'a Item>,
    width: Width,
}

impl<'a> Names<'a> {
    /// The names for targets of this width.
    #[must_use]
    pub fn new(items: &'a [Item], width: Width) -> Self {
        let names = items.iter().filter(|item| item.is_for(width));
        Self { items: names.map(|item| (item.name.as_str(), item)).collect(), width }
    }

    /// Whether we declare this name for this width.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Item> {
        self.items.get(name).copied()
    }

    /// The shape of a type as it is written in our source.
    ///
    /// # Errors
    ///
    /// A type that we do not declare, or a form that is not known here.
    pub fn shape(&self, ty: &syn::Type) -> Result<Shape> {
        let int = |bytes, signed| Ok(Shape::Int { bytes, signed: Some(signed) });
        match ty {
            syn::Type::Ptr(pointer) => Ok(Shape::Pointer {
                mutable: pointer.mutability.is_some(),
                to: Box::new(self.shape(&pointer.elem)?),
            }),
            syn::Type::Array(array) => Ok(Shape::Array {
                of: Box::new(self.shape(&array.elem)?),
                count: array.len.to_token_stream().to_string().replace('_', "").parse().ok(),
            }),
            syn::Type::BareFn(function) => {
                let parameters = function.inputs.iter().map(|input| self.shape(&input.ty));
                let parameters = parameters.collect::<Result<_>>()?;
                let result = self.result(&function.output)?;
                Ok(Shape::Function(Box::new(Function { parameters, result })))
            }
            syn::Type::Path(path) => {
                let last = path.path.segments.last().context("a path has a last part")?;
                match last.ident.to_string().as_str() {
                    "u8" => int(1, false),
                    "i8" => int(1, true),
                    "u16" => int(2, false),
                    "i16" => int(2, true),
                    "u32" => int(4, false),
                    "i32" => int(4, true),
                    "u64" => int(8, false),
                    "i64" => int(8, true),
                    "usize" => int(self.width.bytes(), false),
                    "isize" => int(self.width.bytes(), true),
                    "bool" => Ok(Shape::Bool),
                    "c_void" => Ok(Shape::Void),
                    "Option" => self.option(&last.arguments),
                    name => self.named(name),
                }
            }
            other => bail!("the type `{}` is not known here", other.to_token_stream()),
        }
    }

    /// The shape of an import or of what points to one.
    ///
    /// # Errors
    ///
    /// As [`shape`](Self::shape).
    pub fn function(&self, signature: &syn::Signature) -> Result<Function> {
        let mut parameters = Vec::new();
        for input in &signature.inputs {
            match input {
                syn::FnArg::Typed(typed) => parameters.push(self.shape(&typed.ty)?),
                syn::FnArg::Receiver(_) => bail!("a method is not a function of the system"),
            }
        }
        Ok(Function { parameters, result: self.result(&signature.output)? })
    }

    fn result(&self, output: &syn::ReturnType) -> Result<Shape> {
        match output {
            syn::ReturnType::Default => Ok(Shape::Void),
            syn::ReturnType::Type(_, ty) => self.shape(ty),
        }
    }

    /// `Option<fn>` is a pointer to a function, null being `None`.
    fn option(&self, arguments: &syn::PathArguments) -> Result<Shape> {
        let syn::PathArguments::AngleBracketed(arguments) = arguments else {
            bail!("`Option` without a type");
        };
        match arguments.args.first() {
            Some(syn::GenericArgument::Type(inner)) => match self.shape(inner)? {
                function @ Shape::Function(_) => {
                    Ok(Shape::Pointer { mutable: true, to: Box::new(function) })
                }
                other => bail!("`Option<{other}>` is not a type of C"),
            },
            _ => bail!("`Option` without a type"),
        }
    }

    fn named(&self, name: &str) -> Result<Shape> {
        match self.get(name).map(|item| &item.kind) {
            Some(Kind::Alias(ty)) => self.shape(ty),
            Some(Kind::Pointer(signature)) => {
                let function = Shape::Function(Box::new(self.function(signature)?));
                Ok(Shape::Pointer { mutable: true, to: Box::new(function) })
            }
            Some(Kind::Struct(_) | Kind::Union(_)) => Ok(Shape::Ours(name.to_owned())),
            _ => bail!("`{name}` is not a type of ours"),
        }
    }

    /// Bytes that a parameter of this shape takes on the stack of a 32-bit x86.
    #[must_use]
    pub fn stack_bytes(shape: &Shape, size_of: &dyn Fn(&str) -> Option<u64>) -> Option<u64> {
        let bytes = match shape {
            Shape::Int { bytes, .. } => *bytes,
            Shape::Pointer { .. } | Shape::Bool => 4,
            Shape::Ours(name) => size_of(name)?,
            _ => return None,
        };
        Some(bytes.next_multiple_of(4))
    }
}

/// Which of our structures is which of theirs.
#[derive(Debug, Default)]
pub struct Pairs {
    theirs: HashMap<String, usize>,
    ours: HashMap<usize, String>,
}

impl Pairs {
    /// Says that both are the same thing.
    pub fn add(&mut self, ours: &str, theirs: usize) {
        self.theirs.insert(ours.to_owned(), theirs);
        self.ours.entry(theirs).or_insert_with(|| ours.to_owned());
    }

    /// The place of their declaration of our structure.
    #[must_use]
    pub fn theirs(&self, ours: &str) -> Option<usize> {
        self.theirs.get(ours).copied()
    }
}

impl Shape {
    /// Why these are not the same, or `None` if they are.
    ///
    /// A nested structure without a name of its own is reported as [`Shape::Theirs`] without a pair;
    /// the caller looks into it.
    #[must_use]
    pub fn differs(&self, theirs: &Self, pairs: &Pairs, pointer: u64) -> Option<String> {
        let different = || Some(format!("ours {self}, theirs {theirs}"));
        match (self, theirs) {
            (Self::Void, Self::Void) | (Self::Bool, Self::Bool) => None,
            (Self::Int { bytes: a, signed: x }, Self::Int { bytes: b, signed: y }) => {
                let same_sign = y.is_none() || x == y;
                if a == b && same_sign {
                    None
                } else {
                    different()
                }
            }
            // Opaque handles (PTP_IO, RIO_CQ) are integers here, so that nobody dereferences them.
            (Self::Int { bytes, .. }, Self::Pointer { to, .. })
                if *bytes == pointer && matches!(**to, Self::Theirs { bytes: None, .. }) =>
            {
                None
            }
            (Self::Pointer { mutable, to: a }, Self::Pointer { mutable: theirs_too, to: b }) => {
                // C's headers leave `const` out where a function only reads; the other way round we
                // would write through what is promised to be read only.
                if *mutable && !*theirs_too && !matches!(**b, Self::Void) {
                    return different();
                }
                match (&**a, &**b) {
                    // A structure that we do not declare is `c_void` behind a pointer.
                    (Self::Void, Self::Theirs { at, .. }) if !pairs.ours.contains_key(at) => None,
                    (a, b) => a.differs(b, pairs, pointer),
                }
            }
            (Self::Function(a), Self::Function(b)) => a.differs(b, pairs, pointer),
            (Self::Array { of: a, count: n }, Self::Array { of: b, count: m }) => {
                if n.is_some() && n != m {
                    return different();
                }
                a.differs(b, pairs, pointer)
            }
            (Self::Ours(name), Self::Theirs { at, .. }) => {
                if pairs.theirs(name) == Some(*at) {
                    None
                } else {
                    different()
                }
            }
            _ => different(),
        }
    }
}

impl Function {
    /// Why these are not the same, or `None` if they are.
    #[must_use]
    pub fn differs(&self, theirs: &Self, pairs: &Pairs, pointer: u64) -> Option<String> {
        let (ours_count, theirs_count) = (self.parameters.len(), theirs.parameters.len());
        if ours_count != theirs_count {
            return Some(format!("ours has {ours_count} parameters, theirs {theirs_count}"));
        }
        for (index, (a, b)) in self.parameters.iter().zip(&theirs.parameters).enumerate() {
            if let Some(why) = a.differs(b, pairs, pointer) {
                return Some(format!("parameter {}: {why}", index + 1));
            }
        }
        let why = self.result.differs(&theirs.result, pairs, pointer)?;
        Some(format!("result: {why}"))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Void => out.write_str("void"),
            Self::Int { bytes, signed: Some(true) } => write!(out, "i{}", bytes * 8),
            Self::Int { bytes, signed: Some(false) } => write!(out, "u{}", bytes * 8),
            Self::Int { bytes, signed: None } => write!(out, "char-or-enum{}", bytes * 8),
            Self::Bool => out.write_str("bool"),
            Self::Pointer { mutable: true, to } => write!(out, "*mut {to}"),
            Self::Pointer { mutable: false, to } => write!(out, "*const {to}"),
            Self::Function(function) => {
                write!(out, "fn(")?;
                for (index, parameter) in function.parameters.iter().enumerate() {
                    write!(out, "{}{parameter}", if index == 0 { "" } else { ", " })?;
                }
                write!(out, ") -> {}", function.result)
            }
            Self::Array { of, count: Some(count) } => write!(out, "[{of}; {count}]"),
            Self::Array { of, count: None } => write!(out, "[{of}]"),
            Self::Ours(name) => out.write_str(name),
            Self::Theirs { bytes: Some(bytes), .. } => write!(out, "a structure of {bytes} bytes"),
            Self::Theirs { bytes: None, .. } => out.write_str("an opaque structure"),
        }
    }
}
