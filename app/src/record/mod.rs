//! Records as 公文書: how long they are kept, and a case as it is given out on request.

pub mod export;
pub mod periods;
