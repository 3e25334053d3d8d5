//! The C functions as src/ffi defines them: names, types, and what their documentation says.

use std::path::Path;
use std::{fs, io};

use serde::Serialize;
use syn::{Attribute, Expr, FnArg, GenericArgument, Item, Lit, Meta, Pat, PathArguments, ReturnType, Type};

/// What src/ffi defines.
#[derive(Default)]
pub struct Interface {
    pub functions: Vec<Function>,
    pub callbacks: Vec<Function>,
    /// Types that C only has pointers to.
    pub handles: Vec<Handle>,
    pub constants: Vec<Constant>,
}

#[derive(Serialize)]
pub struct Function {
    pub name: String,
    pub returns: String,
    pub parameters: Vec<Parameter>,
    pub about: String,
}

/// A name and a type of C, such as `const int64_t *`.
#[derive(Serialize)]
pub struct Parameter {
    pub name: String,
    #[serde(rename = "type")]
    pub c_type: String,
}

#[derive(Serialize)]
pub struct Handle {
    pub name: String,
    pub about: String,
}

#[derive(Serialize)]
pub struct Constant {
    pub name: String,
    pub value: u64,
    pub about: String,
}

/// The files of src/ffi with something for C in them, in the order of the header.
pub const FILES: &[&str] = &[
    "client",
    "arrow",
    "options",
    "run_options",
    "generated",
    "cancel",
    "report",
    "check",
    "users",
    "last_error",
    "status",
];

pub fn read(root: &Path) -> io::Result<Interface> {
    let mut interface = Interface::default();
    for name in FILES {
        let path = root.join(format!("src/ffi/{name}.rs"));
        let file = syn::parse_file(&fs::read_to_string(&path)?)
            .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
        file.items.into_iter().for_each(|item| interface.add(item));
    }
    Ok(interface)
}

impl Interface {
    fn add(&mut self, item: Item) {
        match item {
            Item::Fn(function) if function.sig.abi.is_some() => {
                let parameters = function.sig.inputs.iter().filter_map(|argument| match argument {
                    FnArg::Typed(typed) => match &*typed.pat {
                        Pat::Ident(name) => {
                            Some(Parameter { name: name.ident.to_string(), c_type: c_type(&typed.ty) })
                        }
                        _ => None,
                    },
                    FnArg::Receiver(_) => None,
                });
                self.functions.push(Function {
                    name: function.sig.ident.to_string(),
                    returns: returned(&function.sig.output),
                    parameters: parameters.collect(),
                    about: about(&function.attrs),
                });
            }
            Item::Type(alias) => {
                if let Some(callback) = callback(&alias.ty) {
                    let parameters = callback.inputs.iter().map(|argument| Parameter {
                        name: argument.name.as_ref().map(|(name, _)| name.to_string()).unwrap_or_default(),
                        c_type: c_type(&argument.ty),
                    });
                    self.callbacks.push(Function {
                        name: alias.ident.to_string(),
                        returns: returned(&callback.output),
                        parameters: parameters.collect(),
                        about: about(&alias.attrs),
                    });
                }
            }
            Item::Struct(handle) if handle.ident.to_string().starts_with("uc_") => {
                self.handles.push(Handle { name: handle.ident.to_string(), about: about(&handle.attrs) });
            }
            Item::Const(constant) if constant.ident.to_string().starts_with("UC_") => {
                if let Expr::Lit(literal) = &*constant.expr
                    && let Lit::Int(number) = &literal.lit
                    && let Ok(value) = number.base10_parse()
                {
                    let name = constant.ident.to_string();
                    self.constants.push(Constant { name, value, about: about(&constant.attrs) });
                }
            }
            _ => {}
        }
    }
}

/// The function type of `Option<unsafe extern "C" fn(…)>`.
fn callback(ty: &Type) -> Option<&syn::TypeBareFn> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(Type::BareFn(function)) => Some(function),
        _ => None,
    }
}

fn returned(output: &ReturnType) -> String {
    match output {
        ReturnType::Default => "void".into(),
        ReturnType::Type(_, ty) => c_type(ty),
    }
}

fn c_type(ty: &Type) -> String {
    match ty {
        Type::Ptr(pointer) => {
            let target = c_type(&pointer.elem);
            match (pointer.const_token.is_some(), matches!(*pointer.elem, Type::Ptr(_))) {
                (true, true) => format!("{target}const *"),
                (true, false) => format!("const {target} *"),
                (false, true) => format!("{target}*"),
                (false, false) => format!("{target} *"),
            }
        }
        Type::Path(path) => {
            let name = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            match name.as_str() {
                "c_int" => "int",
                "c_char" => "char",
                "c_void" => "void",
                "i64" => "int64_t",
                "u8" => "uint8_t",
                "u32" => "uint32_t",
                "u64" => "uint64_t",
                "usize" => "size_t",
                "ArrowArrayStream" => "struct ArrowArrayStream",
                other => other,
            }
            .to_owned()
        }
        _ => "void".into(),
    }
}

/// The documentation in one line.
fn about(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}
