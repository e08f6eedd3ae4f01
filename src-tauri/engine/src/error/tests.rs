use super::*;

#[test]
fn a_full_disk_is_told_apart_from_any_other_failure() {
    let error = Error::io("write", "/p/x", std::io::Error::from(std::io::ErrorKind::StorageFull));
    let problem = error.to_problem();
    assert_eq!(problem.code, Code::DiskFull);
    assert_eq!(problem.subject.as_deref(), Some("/p/x"));
    assert_eq!(problem.remedy, Some(Remedy::Retry));
}
