//! What went wrong elsewhere, so that it does not go wrong here. Each test is named for the defect; its comment says
//! what we do instead.
//!
//! | file | where it went wrong |
//! |---|---|
//! | `other_products` | data losses that users of comparable products reported, by thread |
//! | `skillmeat` | weaknesses of SkillMeat's command line and server that were reproduced, by number |
//!
//! # Not reachable here
//!
//! | defect | because |
//! |---|---|
//! | farion1231/cc-switch#6215, deleting what was imported removes the original | nothing is imported into a collection, and nothing in a collection is ever removed |
//! | xingkongliang/skills-manager#108, a sync from git overwrites newer local artifacts | there is no sync; collections are only read |
//! | rulesync#2940, #2401, #13, #2726, regenerating shared files wipes the entries of others | hooks and servers are not merged; no shared file is written |
//! | xingkongliang/skills-manager#435, one of six removal paths has no ownership check | one removal function, held by `architecture::shape`; what it may be told to remove is in `other_products` |
//! | SkillMeat 9, a failed member of a composite is not rolled back | there are no composites |
//! | SkillMeat 19, a profile with a root like `/etc` is stored | profiles cannot be made; a chosen one is in `hostile::roots` |
//! | SkillMeat 20, an HTTP interface without a key deletes files | there is no HTTP interface |
//! | SkillMeat 23, 24 (second half), 26, requests that always fail | the same |
//! | SkillMeat 31, deploying a set calls what is not there | there are no sets |
//! | SkillMeat 12, 13, restoring a snapshot deletes first | there are no snapshots of collections |

mod other_products;
mod skillmeat;
