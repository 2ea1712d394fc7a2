public import EditJobs
import GRDB

extension JobStore {
  /// What the daemon wrote down of its workers' CPUs, by place; empty where no daemon has yet.
  public func workerCPUs() throws(EditError) -> [WorkerCPU] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT place, name, bf16 FROM worker_cpu ORDER BY place").map {
        WorkerCPU(place: $0["place"], name: $0["name"], hasBF16: $0["bf16"])
      }
    }
  }

  /// Writes down what the workers' CPUs are, in the place of all that was known.
  public func setWorkerCPUs(_ cpus: [WorkerCPU], now: Int64) throws(EditError) {
    try write { db in
      try db.execute(sql: "DELETE FROM worker_cpu")
      for cpu in cpus {
        try db.execute(
          sql: "INSERT INTO worker_cpu (place, name, bf16, seen_ms) VALUES (?, ?, ?, ?)",
          arguments: [cpu.place, cpu.name, cpu.hasBF16, now])
      }
    }
  }
}
