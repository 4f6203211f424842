//! Sign-in, account, reset and invitation.

pub mod actions;
pub mod pages;
