//! Every state of an id: one row each. After a change run `make generate`.

macro_rules! id_states {
    ($($(#[$attribute:meta])* $variant:ident = $code:literal, $name:literal, $about:literal;)*) => {
        /// What became of an id. The numbers are those of the C header.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[repr(u8)]
        pub enum IdState {
            $(
                #[doc = $about]
                $(#[$attribute])*
                $variant = $code,
            )*
        }

        impl IdState {
            #[allow(dead_code, reason = "for the generator, which compiles this module on its own")]
            pub(crate) const ALL: &[IdState] = &[$(IdState::$variant),*];

            /// One word, as in the report's JSON.
            pub fn name(self) -> &'static str {
                match self { $(IdState::$variant => $name,)* }
            }

            /// What the state means, in one or two sentences.
            pub fn about(self) -> &'static str {
                match self { $(IdState::$variant => $about,)* }
            }
        }
    };
}

id_states! {
    #[default]
    NotAttempted = 0, "not_attempted",
        "Not sent, or sent only in requests that were rejected for a reason that concerns the whole run.";
    Confirmed = 1, "confirmed",
        "In a request that the service accepted with a complete, understood 2xx response. That does not prove that the user \
         exists.";
    Rejected = 2, "rejected", "Rejected by the service, with a reason.";
    Unknown = 3, "unknown", "Sent at least once, without proof that it was applied or that it was not.";
}
