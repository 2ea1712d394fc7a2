import Files
import JobStore
import SweepPages

extension LostResults {
  /// Has the lost ones among some cells' results made again, and says so on standard error; returns those
  /// that will be.
  @discardableResult
  func remake(_ cells: [CellRow], in store: JobStore) throws(EditError) -> [Loss] {
    let losses = try remake(cells, in: store, now: WallClock.now)
    losses.note()
    return losses
  }
}

extension [LostResults.Loss] {
  /// Says on standard error what is made again.
  func note() {
    for loss in prefix(3) {
      Terminal.note("\(loss.folder) was lost (\(loss.damage)); it is made again")
    }
    if count > 3 { Terminal.note("\(count - 3) more were lost; they are made again") }
  }
}

extension UnreadablePictures {
  /// Has damaged pictures made again, and says on standard error what was hatched.
  func remake(in store: JobStore) throws(EditError) {
    for picture in found {
      let isRemade = try store.damaged(picture.key, step: 0, now: WallClock.now)
      Terminal.note(
        "\(picture.path) cannot be read: \(picture.reason); it is hatched"
          + (isRemade ? " and made again" : ""))
    }
  }
}
