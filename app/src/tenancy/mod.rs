//! The list of municipalities, and a member's home.

pub mod home;
pub mod pages;
