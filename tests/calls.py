"""Each request as a call, for tests that ask much."""

import getpass
from collections.abc import Iterable
from typing import Any

from orchestrator.client import Client as _Client
from orchestrator.core.board.updates import Board
from orchestrator.core.board.views import (
    Attachment,
    CardDetail,
    CardView,
    HubView,
    Need,
    NeedDetail,
    Preview,
    Settings,
    Trial,
    Waited,
)
from orchestrator.core.board.windows import WindowView
from orchestrator.core.kept import KeptView
from orchestrator.core.landing.survey import Survey
from orchestrator.core.mail.message import Kind
from orchestrator.core.mail.views import (
    DeadView,
    FlowView,
    GatherView,
    MailView,
    MessageView,
    RefView,
    SentView,
    ThreadView,
)
from orchestrator.core.needs.grants import GrantView
from orchestrator.core.requests import cards, gates, hub, mail, needs, rescues, runs, trust, windows
from orchestrator.core.requests.cards import Ending, Nudging
from orchestrator.core.requests.needs import Verdict
from orchestrator.core.requests.request import Place
from orchestrator.core.requests.runs import Outcome
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.trust.repositories import TrustView
from orchestrator.core.undo.views import Undone
from orchestrator.core.workflow.views import GateView, RunView, WorkflowFile
from orchestrator.core.worktrees.rescues import RescueDetail, RescueView, Restored


class Client(_Client):
    """A caller of one hub, with a method for each request."""

    # --- the hub ---------------------------------------------------------------------------------

    def hub(self) -> HubView:
        return self.submit(hub.ShowHub())

    def speaker(self) -> Speaker:
        return self.submit(hub.WhoAmI())

    def settings(self) -> Settings:
        return self.submit(hub.ShowSettings())

    def kept(self) -> tuple[KeptView, ...]:
        return self.submit(hub.ListKept())

    def stop_hub(self) -> None:
        self.submit(hub.StopHub())

    # --- cards -----------------------------------------------------------------------------------

    def board(self) -> Board:
        return self.submit(cards.ShowBoard())

    def cards(self) -> tuple[CardView, ...]:
        return self.board().cards

    def show(self, ref: str) -> CardDetail:
        return self.submit(cards.ShowCard(ref))

    def preview(self, ref: str) -> Preview:
        return self.submit(cards.ShowPane(ref))

    def new(self, title: str, *, repo: str, **more: Any) -> CardView:
        return self.submit(cards.New(title, repo, **more))

    def start(self, ref: str) -> CardView:
        return self.submit(cards.Start(ref))

    def stop(self, ref: str) -> CardView:
        return self.submit(cards.Stop(ref))

    def resume(self, ref: str, *, go_on: bool = False) -> CardView:
        return self.submit(cards.Resume(ref, go_on))

    def restart(self, ref: str) -> CardView:
        return self.submit(cards.Restart(ref))

    def send(self, ref: str, text: str, *, queue: bool = False) -> CardView:
        return self.submit(cards.Send(ref, text, queue))

    def hold(self, ref: str, note: str) -> CardView:
        return self.submit(cards.Hold(ref, note))

    def release(self, ref: str) -> CardView:
        return self.submit(cards.Release(ref))

    def shelve(self, ref: str) -> CardView:
        return self.submit(cards.Shelve(ref))

    def finish(
        self, ref: str, how: Ending, *, rescue: bool = False, into: str = "", wait: bool = True
    ) -> CardView:
        return self.submit(cards.Finish(ref, how, rescue, into, wait=wait))

    def survey(self, ref: str, into: str = "") -> Survey:
        return self.submit(cards.SurveyLanding(ref, into))

    def finished(self, ref: str) -> CardView:
        return self.submit(cards.AwaitFinish(ref))

    def undo(self, ref: str = "", *, seen: str = "", dry_run: bool = False) -> Undone:
        return self.submit(cards.Undo(ref, seen, dry_run))

    def cancel_landing(self, ref: str) -> CardView:
        return self.submit(cards.CancelLanding(ref))

    def reopen(self, ref: str) -> CardView:
        return self.submit(cards.Reopen(ref))

    def acknowledge(self, ref: str) -> CardView:
        return self.submit(cards.Acknowledge(ref))

    def remove(self, ref: str, *, rescue: bool = False, keep: bool = False, force: bool = False) -> CardView:
        return self.submit(cards.Remove(ref, rescue, keep, force))

    def nudge(self, ref: str, how: Nudging, *, by: Place = "cli") -> CardView:
        return self.submit(cards.Nudge(ref, how, by=by))

    def attach(self, ref: str, *, tmux: str = "") -> Attachment:
        return self.submit(cards.Attach(ref, tmux))

    def seen_last(self, view: str) -> str:
        return self.submit(cards.SeenLast(view))

    # --- what waits ------------------------------------------------------------------------------

    def needs(self) -> tuple[Need, ...]:
        return self.board().needs

    def need(self, ref: str) -> NeedDetail:
        return self.submit(needs.ShowNeed(ref))

    def answer(self, ref: str, verdict: Verdict, *, by: Place = "cli", **more: Any) -> CardView:
        return self.submit(needs.Answer(ref, verdict, by=by, **more))

    def grants(self) -> tuple[GrantView, ...]:
        return self.submit(needs.ListGrants())

    def revoke_grant(self, grant: str) -> GrantView:
        return self.submit(needs.RevokeGrant(grant))

    def stats(self, days: int = 7) -> tuple[Waited, ...]:
        return self.submit(needs.ListWaits(days))

    def try_rules(self, days: int = 30) -> tuple[Trial, ...]:
        return self.submit(needs.TryRules(days))

    # --- runs and gates --------------------------------------------------------------------------

    def workflows(self, repo: str) -> tuple[WorkflowFile, ...]:
        return self.submit(runs.ListWorkflows(repo))

    def runs(self) -> tuple[RunView, ...]:
        return self.submit(runs.ListRuns())

    def run(self, ref: str) -> RunView:
        return self.submit(runs.ShowRun(ref))

    def start_run(self, file: str, *, repo: str, inputs: dict[str, str], headless: bool = False) -> RunView:
        return self.submit(runs.RunWorkflow(file, repo, inputs, headless))

    def pause_run(self, ref: str) -> RunView:
        return self.submit(runs.PauseRun(ref))

    def resume_run(self, ref: str) -> RunView:
        return self.submit(runs.ResumeRun(ref))

    def cancel_run(self, ref: str) -> RunView:
        return self.submit(runs.CancelRun(ref))

    def see_run(self, ref: str) -> RunView:
        return self.submit(runs.AcknowledgeRun(ref))

    def retry_stage(self, ref: str, stage: str, *, note: str = "") -> RunView:
        return self.submit(runs.RetryStage(ref, stage, note))

    def skip_stage(self, ref: str, stage: str, *, note: str = "") -> RunView:
        return self.submit(runs.SkipStage(ref, stage, note))

    def mark_stage(self, ref: str, stage: str, outcome: Outcome, *, note: str = "", who: str = "") -> RunView:
        return self.submit(runs.Mark(ref, stage, outcome, note, who or getpass.getuser()))

    def gates(self) -> tuple[GateView, ...]:
        return self.submit(gates.ListGates())

    def gate(self, ref: str) -> GateView:
        return self.submit(gates.ShowGate(ref))

    def approve(
        self, ref: str, *, note: str = "", seen_version: int | None = None, who: str = "", by: Place = "cli",
        signature: str = "",
    ) -> GateView:  # fmt: skip
        who = who or getpass.getuser()
        return self.submit(gates.Approve(ref, who, note, seen_version, signature, by=by))

    def deny(
        self, ref: str, *, note: str, seen_version: int | None = None, who: str = "", by: Place = "cli",
        signature: str = "",
    ) -> GateView:  # fmt: skip
        who = who or getpass.getuser()
        return self.submit(gates.Deny(ref, who, note, seen_version, signature, by=by))

    # --- mail ------------------------------------------------------------------------------------

    def mail(self) -> MailView:
        return self.submit(mail.ShowMail())

    def mail_send(self, to: tuple[str, ...], body: str, *, kind: str = "note", **more: Any) -> SentView:
        return self.submit(mail.SendMail(to, body, Kind(kind), **more))

    def mail_messages(
        self, box: str = "", *, limit: int = 100, before: float | None = None
    ) -> tuple[MessageView, ...]:
        return self.submit(mail.ListMessages(box, limit, before))

    def mail_message(self, message: str) -> MessageView:
        return self.submit(mail.ShowMessage(message))

    def mail_read(self, message: str) -> MessageView:
        return self.submit(mail.ReadMail(message))

    def mail_ref(self, message: str, number: int, *, diff: bool = False) -> RefView:
        return self.submit(mail.ShowReference(message, number, diff))

    def mail_threads(self, box: str = "", *, limit: int = 100) -> tuple[ThreadView, ...]:
        return self.submit(mail.ListThreads(box, limit))

    def mail_thread(self, thread: str) -> tuple[MessageView, ...]:
        return self.submit(mail.ShowThread(thread))

    def mail_search(self, query: str, *, limit: int = 50) -> tuple[MessageView, ...]:
        return self.submit(mail.SearchMail(query, limit))

    def mail_gather(self, gather: str) -> GatherView:
        return self.submit(mail.ShowGather(gather))

    def mail_dead(self, box: str = "") -> tuple[DeadView, ...]:
        return self.submit(mail.ListDead(box))

    def mail_redrive(self, box: str, messages: tuple[str, ...]) -> tuple[str, ...]:
        return self.submit(mail.Redrive(box, messages))

    def mail_unpause(self, a: str, b: str) -> None:
        self.submit(mail.Unpause(a, b))

    def mail_flow(self, minutes: int = 60) -> tuple[FlowView, ...]:
        return self.submit(mail.ListFlow(minutes))

    def mail_export(self) -> tuple[MessageView, ...]:
        return self.submit(mail.ExportMail())

    def start_team(self, text: str, *, repo: str, file: str = "") -> tuple[str, ...]:
        return self.submit(mail.StartTeam(text, repo, file))

    # --- rescues, trust, windows -----------------------------------------------------------------

    def rescues(self, repo: str = "") -> tuple[RescueView, ...]:
        return self.submit(rescues.ListRescues(repo))

    def rescue(self, ref: str, repo: str = "", *, patch: bool = False) -> RescueDetail:
        return self.submit(rescues.ShowRescue(ref, repo, patch))

    def restore(self, ref: str, repo: str = "", *, branch: str = "", to: str = "") -> Restored:
        return self.submit(rescues.Restore(ref, repo, branch, to))

    def drop_rescue(self, ref: str, repo: str = "") -> RescueView:
        return self.submit(rescues.DropRescue(ref, repo))

    def trust_of(self, path: str) -> tuple[TrustView, ...]:
        return self.submit(trust.ShowTrust(path))

    def trusted(self) -> tuple[TrustView, ...]:
        return self.submit(trust.ListTrust())

    def trust(self, path: str, digests: Iterable[str]) -> tuple[TrustView, ...]:
        return self.submit(trust.Trust(path, tuple(digests)))

    def distrust(self, path: str) -> tuple[TrustView, ...]:
        return self.submit(trust.Distrust(path))

    def windows(self) -> tuple[WindowView, ...]:
        return self.submit(windows.ListWindows())

    def adopt_window(self, window: str, *, name: str = "", restart: bool = False) -> CardView:
        return self.submit(windows.AdoptWindow(window, name, restart))

    def end_window(self, window: str) -> WindowView:
        return self.submit(windows.EndWindow(window))
