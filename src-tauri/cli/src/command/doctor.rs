//! `skm doctor`.

use super::all_absolute;
use crate::args::Doctor;
use crate::output::{Answer, Exit, Page, Screen, clean, during};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{
    Asker, DoctorReport, Finding, Options, Recovered, Recovery, Repair, RepairRequest, Repaired,
    diagnostics_without_engine,
};
use skillmeat_engine::error::{Problem, Result, Severity};

#[derive(Debug, Serialize)]
struct Data {
    /// Operations that had been cut off, and what became of them.
    recovered: Vec<Recovered>,
    /// What was mended, as was asked.
    repaired: Vec<Repaired>,
    /// What is damaged now, and which repairs can work.
    findings: Vec<Finding>,
}

pub(super) fn run(screen: &Screen, engine: &Engine, args: &Doctor) -> Result<Answer> {
    let DoctorReport { recovered, mut findings } = during(screen, engine, || engine.doctor())?;
    let (mut repaired, mut problems) = (Vec::new(), Vec::new());
    if let Some(repair) = args.repair {
        let projects = all_absolute(&args.project)?;
        for finding in wanted(&findings, repair.into(), &projects) {
            match engine.repair(&request(finding, repair.into())) {
                Ok(done) => repaired.push(done),
                Err(error) => problems.push(Problem::from(error)),
            }
        }
        findings = engine.doctor()?.findings;
    }
    let left = !problems.is_empty()
        || recovered.iter().any(|one| one.outcome == Recovery::Waiting)
        || findings.iter().any(|finding| finding.problem.severity != Severity::Notice);
    problems.extend(findings.iter().map(|finding| finding.problem.clone()));
    let data = Data { recovered, repaired, findings };
    let answer = screen.answer(&data, problems, |page| write(page, &data));
    Ok(if left { answer.at_least(Exit::Refused) } else { answer })
}

/// `skm doctor --diagnostics`. A home that cannot be opened is part of the answer, and no failure of the command.
pub(super) fn diagnostics(screen: &Screen, options: &Options) -> Answer {
    let asker = Asker { program: "skm".to_owned(), problems: Vec::new() };
    let data = match Engine::open(options.clone()) {
        Ok(engine) => engine.diagnostics(&asker),
        Err(error) => diagnostics_without_engine(options, &asker, &error.to_problem()),
    };
    screen.answer(&data, Vec::new(), |page| data.text.lines().for_each(|line| page.line(&clean(line))))
}

fn wanted<'a>(
    findings: &'a [Finding],
    repair: Repair,
    projects: &'a [String],
) -> impl Iterator<Item = &'a Finding> {
    findings.iter().filter(move |finding| {
        let path = finding.project_path.as_ref().map(skillmeat_engine::id::ProjectPath::as_str);
        let here =
            projects.is_empty() || path.is_some_and(|path| projects.iter().any(|project| project == path));
        here && finding.repairs.contains(&repair)
    })
}

fn request(finding: &Finding, repair: Repair) -> RepairRequest {
    RepairRequest {
        project_path: finding.project_path.as_ref().map(ToString::to_string),
        profile_root_dir: finding.profile_root_dir.clone(),
        subject: finding.problem.subject.clone(),
        repair,
    }
}

fn write(page: &mut Page, data: &Data) {
    for one in &data.recovered {
        let mark = if one.outcome == Recovery::Waiting { "✗" } else { "✓" };
        page.line(&format!("{mark} {}", clean(&one.message)));
    }
    for one in &data.repaired {
        page.line(&format!("✓ Mended {}.", clean(&one.subject)));
    }
    for finding in data.findings.iter().filter(|finding| !finding.repairs.is_empty()) {
        let repairs: Vec<_> = finding.repairs.iter().map(|repair| name(*repair)).collect();
        let subject = finding.problem.subject.as_deref().unwrap_or_default();
        page.line(&format!("{} can be mended: skm doctor --repair {}", clean(subject), repairs.join(" or ")));
    }
    if data.recovered.is_empty() && data.findings.is_empty() {
        page.line("Everything is in order.");
    }
}

fn name(repair: Repair) -> &'static str {
    match repair {
        Repair::RestoreManifest => "restore-manifest",
        Repair::RebuildManifest => "rebuild-manifest",
        Repair::RestoreRecords => "restore-records",
        Repair::ForgetRecords => "forget-records",
        Repair::SetAside => "set-aside",
    }
}
