import { ClusterCostQuery, CostQuery } from './settings';

/** Cores, GiB or accelerators that a container has, each minute, at the hourly price of its node; summed over the window. */
function paid(
  allocation: string,
  selector: string,
  price: string,
  perUnit = 1,
): string {
  const amount = perUnit === 1 ? '' : ` / ${perUnit}`;
  // A node's price may be told by several exporters; it is paid once.
  return `sum(sum_over_time((${allocation}{${selector}}${amount} * on (node) group_left () max by (node) (${price}))[\${window}:1m])) / 60`;
}

const gibibyte = 1024 ** 3;

/**
 * The expressions of a cost report by the metrics of OpenCost (its documentation, "Metrics": container_cpu_allocation,
 * container_memory_allocation_bytes, container_gpu_allocation, node_cpu_hourly_cost, node_ram_hourly_cost,
 * node_gpu_hourly_cost) and of NVIDIA's dcgm-exporter (DCGM_FI_PROF_GR_ENGINE_ACTIVE, the share of time in which an engine was
 * active). DCGM_FI_DEV_GPU_UTIL is not used: it says that something ran on the accelerator at all, so that one small kernel
 * after the other counts as fully busy. Idle is what was paid for accelerators while no engine was active.
 */
export function clusterCostQuery(settings: ClusterCostQuery): CostQuery {
  const { selector, acceleratorSelector, evidence, ...rest } = settings;
  const cpu = paid(
    'container_cpu_allocation',
    selector,
    'node_cpu_hourly_cost',
  );
  const memory = paid(
    'container_memory_allocation_bytes',
    selector,
    'node_ram_hourly_cost',
    gibibyte,
  );
  // A service without accelerators has none of these series, and pays nothing for them.
  const accelerator = `(${paid(
    'container_gpu_allocation',
    selector,
    'node_gpu_hourly_cost',
  )} or vector(0))`;
  const allocated = `(sum(sum_over_time(container_gpu_allocation{${selector}}[\${window}:1m])) * 60 or vector(0))`;
  const busy = `(sum(sum_over_time(DCGM_FI_PROF_GR_ENGINE_ACTIVE{${
    acceleratorSelector ?? selector
  }}[\${window}:1m])) * 60 or vector(0))`;
  return {
    ...rest,
    evidence: 'cost-report',
    totalCost: `${cpu} + ${memory} + ${accelerator}`,
    idleCost: `${accelerator} * clamp(1 - ${busy} / clamp_min(${allocated}, 1), 0, 1)`,
    acceleratorAllocatedSeconds: allocated,
    acceleratorBusySeconds: `clamp_max(${busy}, scalar(${allocated}))`,
    byResource: [
      { resource: 'cpu', cost: cpu },
      { resource: 'memory', cost: memory },
      { resource: 'accelerator', cost: accelerator },
    ],
  };
}
