//! All users, one after the other.

use std::ffi::{CString, c_char, c_int};
use std::ptr::{null, null_mut};

use super::cancel::uc_cancel;
use super::client::{uc_client, usable};
use super::pointers::{free, give, handle_mut, optional_text, put, texts};
use super::report::c_string;
use super::{Failure, guard, look};
use crate::interface::Status;
use crate::read::{User, Users};
use crate::throttle::generation;

/// All users of a workspace, read page by page. Made by `uc_client_users`, freed by `uc_users_free`; outlives the client.
/// One thread at a time. Do not use it in the child after `fork()`: it returns `UC_STATUS_FORKED` there.
pub struct uc_users {
    users: Users,
    /// Of the process that made it.
    generation: u32,
    /// The user that was given out last.
    last: Option<Last>,
    cursor: CString,
}

/// A user, with texts that C can read.
struct Last {
    user: User,
    json: CString,
    custom_id: Option<CString>,
    email: Option<CString>,
    /// The one that was asked for last.
    attribute: CString,
}

impl From<User> for Last {
    fn from(user: User) -> Last {
        let (json, attribute) = (c_string(&user.to_json()), CString::default());
        let (custom_id, email) = (user.custom_id().map(c_string), user.email().map(c_string));
        Last { user, json, custom_id, email, attribute }
    }
}

/// Begins to read all users; nothing is sent before `uc_users_next`. `attributes` are the names of the `n` attributes to
/// show of each user, custom or standard ones; with none (NULL and 0) all custom ones are shown. `cursor` continues where
/// another reading stopped: a text of `uc_users_cursor`; NULL is the beginning. `cancel` (NULL: none) ends a wait from
/// another thread or a signal handler, and must live until the handle is freed. Writes the handle to `*out`, which is
/// set to NULL first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_users(
    client: *const uc_client,
    attributes: *const *const c_char,
    n: usize,
    cursor: *const c_char,
    cancel: *const uc_cancel,
    out: *mut *mut uc_users,
) -> c_int {
    guard(|| {
        if out.is_null() {
            return Err(Failure::invalid("out", "is NULL"));
        }
        // SAFETY: not NULL; the caller gives room, live handles, and strings that end with a NUL.
        let (client, names, cursor, cancel) = unsafe {
            put(out, null_mut());
            let names = texts(attributes, n, "attributes")?;
            (usable(client)?, names, optional_text(cursor, "cursor")?, cancel.as_ref())
        };
        let mut users = client.users().attributes(names);
        if let Some(cursor) = cursor {
            users = users.resume(cursor)?;
        }
        if let Some(cancel) = cancel {
            users = users.cancel(&cancel.0);
        }
        let (generation, last, cursor) = (generation(), None, CString::default());
        // SAFETY: as above.
        unsafe { put(out, give(uc_users { users, generation, last, cursor })) };
        Ok(())
    })
}

/// The next user, as one line of JSON: `{"id": 10, "custom_id": "u-10", "email": "a@b.example", "attributes": {"plan":
/// "pro"}}`, with `null` for what it does not have. At the end `*json` is NULL and the function returns `UC_STATUS_OK`.
/// The text lives until the next call with this handle. Blocks while a page is read, within two minutes: a page that
/// fails is tried again up to 8 times. After a failure, the next call tries that page once more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_users_next(users: *mut uc_users, json: *mut *const c_char) -> c_int {
    guard(|| {
        if json.is_null() {
            return Err(Failure::invalid("json", "is NULL"));
        }
        // SAFETY: not NULL; the caller gives room, and a live handle that no other thread uses now.
        let handle = unsafe {
            put(json, null());
            handle_mut(users, "users")?
        };
        if handle.generation != generation() {
            let message = "users: was made before fork() and this is the child; make another one here".into();
            return Err(Failure { status: Status::Forked, message });
        }
        handle.last = None;
        if let Some(user) = handle.users.next() {
            let last = handle.last.insert(user?.into());
            // SAFETY: as above.
            unsafe { put(json, last.json.as_ptr()) };
        }
        Ok(())
    })
}

/// Every accessor of the user that `uc_users_next` gave last: `fallback` if there is none.
///
/// # Safety
/// `users` is NULL or a live handle that no other thread changes now.
unsafe fn read<T>(users: *const uc_users, fallback: T, field: impl FnOnce(&Last) -> T) -> T {
    // SAFETY: the caller of the accessor promises it.
    unsafe { users.as_ref() }.and_then(|handle| handle.last.as_ref()).map_or(fallback, field)
}

fn or_null(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(null(), |text| text.as_ptr())
}

/// User.com's own id of the user that `uc_users_next` gave last. 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_users_id(users: *const uc_users) -> i64 {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(users, 0, |last| last.user.id()) }
}

/// The custom id of that user. NULL if it has none; lives until the next `uc_users_next`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_users_custom_id(users: *const uc_users) -> *const c_char {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(users, null(), |last| or_null(&last.custom_id)) }
}

/// The e-mail address of that user. NULL if it has none; lives until the next `uc_users_next`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_users_email(users: *const uc_users) -> *const c_char {
    // SAFETY: the caller gives a live handle or NULL.
    unsafe { read(users, null(), |last| or_null(&last.email)) }
}

/// An attribute of that user, custom or standard, as JSON, whether or not it is one of those to show. NULL if the user
/// does not have it, and for NULL; lives until the next call with this handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_users_attribute(users: *mut uc_users, name: *const c_char) -> *const c_char {
    look(null(), || {
        // SAFETY: the caller gives a live handle that no other thread uses now, or NULL, and a string or NULL.
        let (last, name) =
            unsafe { (users.as_mut().and_then(|users| users.last.as_mut()), optional_text(name, "name")) };
        let (Some(last), Ok(Some(name))) = (last, name) else { return null() };
        let Some(json) = last.user.attribute(name) else { return null() };
        last.attribute = c_string(json);
        last.attribute.as_ptr()
    })
}

/// From where another `uc_client_users` can continue: the page after the one that was read last. Users of a page that are
/// not taken yet are not in it, so use it when you have taken a multiple of the page's length or at a failure. "" at the
/// beginning, NULL at the end and for NULL. Lives until the next call with this handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_users_cursor(users: *mut uc_users) -> *const c_char {
    look(null(), || {
        // SAFETY: the caller gives a live handle that no other thread uses now, or NULL.
        let Some(handle) = (unsafe { users.as_mut() }) else { return null() };
        let Some(cursor) = handle.users.cursor() else { return null() };
        handle.cursor = c_string(cursor);
        handle.cursor.as_ptr()
    })
}

/// Frees the handle. NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_users_free(users: *mut uc_users) {
    // SAFETY: the caller gives back what `uc_client_users` gave.
    unsafe { free(users) };
}
