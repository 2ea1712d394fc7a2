import EditJobs
import Foundation
import Testing

/// The lines of docs/worker-protocol.md, written by hand, against the events that they are.
@Suite struct WorkerEventTests {
  private static let digest = Digest(of: [1])
  private static let unit = Key(Digest(of: [2]))
  private static let refusal = WorkerEvent.Refusal(
    code: "disk-full", message: "no room at /results", isTransient: true)

  private static let lines: [(event: WorkerEvent, line: String)] = [
    (
      .ready(
        WorkerEvent.Ready(
          digest: digest, fingerprint: "portable 1 f32", cpu: "AVX2", nativeKernels: nil)),
      #"{"cpu":"AVX2","digest":"\#(digest)","event":"ready","fingerprint":"portable 1 f32","protocol":1}"#
    ),
    (
      .alive(WorkerEvent.SignOfLife(.load, token: nil, unit: nil)),
      #"{"event":"alive","phase":"load"}"#
    ),
    (
      .alive(WorkerEvent.SignOfLife(.decode, token: 7, unit: unit)),
      #"{"event":"alive","phase":"decode","token":7,"unit":"\#(unit)"}"#
    ),
    (
      .unit(unit, token: 7, .begun(UnitReport.Place(pass: -3, step: 0), of: 50)),
      #"{"event":"begun","of":50,"pass":-3,"step":0,"token":7,"unit":"\#(unit)"}"#
    ),
    (
      .unit(
        unit, token: 7,
        .step(
          UnitReport.Record(
            UnitReport.Place(pass: 1, step: nil), of: 4, evaluations: 2, ms: 1.5))),
      #"{"evaluations":2,"event":"step","ms":1.5,"of":4,"pass":1,"token":7,"unit":"\#(unit)"}"#
    ),
    (
      .unit(unit, token: 7, .done(manifest: digest)),
      #"{"event":"done","manifest":"\#(digest)","token":7,"unit":"\#(unit)"}"#
    ),
    (
      .unit(unit, token: 7, .dropped(nil)), #"{"event":"dropped","token":7,"unit":"\#(unit)"}"#
    ),
    (
      .unit(unit, token: 7, .failed(refusal, UnitReport.Place(pass: 2, step: 1))),
      #"{"code":"disk-full","event":"failed","message":"no room at /results","pass":2,"step":1,"token":7,"transient":true,"unit":"\#(unit)"}"#
    ),
    (
      .refused(refusal, token: nil),
      #"{"code":"disk-full","event":"failed","message":"no room at /results","transient":true}"#
    ),
    (.idle(token: 7), #"{"event":"idle","token":7}"#),
  ]

  @Test func eventsAreTheirLines() throws {
    for (event, line) in Self.lines {
      #expect(String(decoding: try LineCodec.line(event), as: UTF8.self) == line + "\n")
      #expect(try LineCodec.value(WorkerEvent.self, of: Array(line.utf8)) == event)
      #expect(line.contains(#""event":"\#(event.word)""#))
    }
  }

  @Test(arguments: [
    #"{"event":"waits","token":7}"#, #"{"event":"idle"}"#, #"{"token":7}"#, "[]", "Hello!",
    #"{"event":"alive","phase":"dreaming"}"#, #"{"event":"begun","pass":1,"of":4,"token":7}"#,
  ]) func whatIsNoEventIsRefused(_ line: String) {
    #expect(throws: (any Error).self) {
      try LineCodec.value(WorkerEvent.self, of: Array(line.utf8))
    }
  }
}
