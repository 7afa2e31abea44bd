/* A stand-in for libnvidia-ml.so.1 that replays a session from a CSV file. For tests only.
 *
 * Written from NVIDIA's public interface description: same symbols, same structure layouts, same
 * return codes; what it says comes from the session alone. README.md beside it has the format.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { OK = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6,
       INSUFFICIENT_SIZE = 7, LOST = 15, VERSION_MISMATCH = 25, MAX_GPUS = 64 };

typedef unsigned long long u64;
typedef struct { int index; char id[8]; } Gpu;
typedef Gpu *Handle;
typedef struct { double time; char *key, *value; int code, order; double latency; } Row;

static Gpu gpus[MAX_GPUS];
static Row *rows;
static int row_count, listed, references;
static double first_init, last_init, *shared_clock;
static FILE *record;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* --- time ---------------------------------------------------------------------------------- */

static double real_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now(void) { return shared_clock ? *shared_clock : real_now() - first_init; }

/* Take the time a real call would take. On a shared clock time moves on and nobody waits. */
static void take(double latency_us) {
    if (latency_us < 0)
        for (;;) sleep(3600);
    if (latency_us == 0) return;
    if (shared_clock) {
        pthread_mutex_lock(&lock);
        *shared_clock += latency_us / 1e6;
        pthread_mutex_unlock(&lock);
    } else if (latency_us > 2000) {
        struct timespec t = {(time_t)(latency_us / 1e6), (long)latency_us % 1000000L * 1000L};
        nanosleep(&t, NULL);
    } else {
        double until = real_now() + latency_us / 1e6; /* a sleep this short would last too long */
        while (real_now() < until) {}
    }
}

/* --- the session ----------------------------------------------------------------------------- */

static int by_key_and_time(const void *a, const void *b) {
    const Row *x = a, *y = b;
    int names = strcmp(x->key, y->key);
    if (names) return names;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->order - y->order;
}

static void add_row(char *line) {
    char *cell[7], *rest = line, key[256];
    for (int i = 0; i < 7; i++) cell[i] = rest ? strsep(&rest, ",") : "";
    snprintf(key, sizeof key, "%s|%s|%s", cell[1], cell[2], cell[3]);
    rows = realloc(rows, sizeof(Row) * (size_t)(row_count + 1));
    rows[row_count] = (Row){atof(cell[0]), strdup(key), strdup(cell[5]), atoi(cell[4]), row_count,
                            atof(cell[6])};
    row_count++;
    if (cell[1][0] >= '0' && cell[1][0] <= '9' && atoi(cell[1]) >= listed)
        listed = atoi(cell[1]) + 1;
}

__attribute__((constructor)) static void load(void) {
    const char *path = getenv("NVML_FAKE_SESSION"), *log = getenv("NVML_FAKE_LOG"),
               *clock = getenv("NVML_FAKE_CLOCK");
    char *line = NULL;
    size_t size = 0;
    FILE *file = path ? fopen(path, "r") : NULL;
    while (file && getline(&line, &size, file) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        if (*line && *line != '#' && strncmp(line, "time_s", 6)) add_row(line);
    }
    if (file) fclose(file);
    free(line);
    qsort(rows, (size_t)row_count, sizeof(Row), by_key_and_time);
    for (int i = 0; i < MAX_GPUS; i++) {
        gpus[i].index = i;
        snprintf(gpus[i].id, sizeof gpus[i].id, "%d", i);
    }
    record = log ? fopen(log, "a") : NULL;
    int handle = clock ? open(clock, O_RDWR) : -1;
    if (handle >= 0) {
        void *at = mmap(NULL, sizeof(double), PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
        shared_clock = at == MAP_FAILED ? NULL : at;
        close(handle);
    }
}

/* Return the last row of this key at or before the time, or NULL. */
static const Row *in_force(const char *gpu, const char *call, const char *argument, double when) {
    char key[256];
    snprintf(key, sizeof key, "%s|%s|%s", gpu, call, argument);
    int low = 0, high = row_count;
    while (low < high) {
        int middle = (low + high) / 2, names = strcmp(rows[middle].key, key);
        if (names < 0 || (names == 0 && rows[middle].time <= when)) low = middle + 1;
        else high = middle;
    }
    return low && !strcmp(rows[low - 1].key, key) ? &rows[low - 1] : NULL;
}

static const Row *row_of(const char *gpu, const char *call, const char *argument, double when) {
    const Row *found = in_force(gpu, call, argument, when);
    return found || *gpu == '-' ? found : in_force("*", call, argument, when);
}

/* What stands over all calls to one GPU: an error, or that it came back but needs a new start. */
static int fault_of(const char *gpu, double when, double *latency) {
    const Row *row = *gpu == '-' ? NULL : row_of(gpu, "*", "", when);
    if (!row) return OK;
    *latency += row->latency;
    if (row->code == OK && !strcmp(row->value, "restart") && last_init < row->time) return LOST;
    return row->code;
}

static int finish(const char *gpu, const char *call, const char *argument, int code, double when,
                  double latency) {
    double began = real_now();
    if (latency < 0 && record) { /* written now: there will be no later */
        fprintf(record, "%.6f,%s,%s,%s,%d,-1,\n", when, gpu, call, argument, code);
        fflush(record);
    }
    take(latency);
    if (record) {
        double took = shared_clock ? latency : (real_now() - began) * 1e6;
        pthread_mutex_lock(&lock);
        fprintf(record, "%.6f,%s,%s,%s,%d,%.3f,%.3f\n", when, gpu, call, argument, code, latency,
                took);
        fflush(record);
        pthread_mutex_unlock(&lock);
    }
    return code;
}

static int ask(const char *gpu, const char *call, const char *argument, const char **value) {
    double when = now(), latency = 0;
    if (!references) return UNINITIALIZED;
    int code = fault_of(gpu, when, &latency);
    if (code == OK) {
        const Row *row = row_of(gpu, call, argument, when);
        code = row ? row->code : NOT_SUPPORTED;
        if (row) *value = row->value;
        if (row && latency >= 0) latency = row->latency < 0 ? -1 : latency + row->latency;
    }
    return finish(gpu, call, argument, code, when, latency);
}

static u64 part(const char *value, int number) {
    while (number-- && value) value = strchr(value, ';') ? strchr(value, ';') + 1 : NULL;
    return value ? strtoull(value, NULL, 10) : 0;
}

static int numbers(Handle gpu, const char *call, const char *argument, u64 *first, u64 *second) {
    const char *value = "";
    if (!gpu) return INVALID_ARGUMENT;
    int code = ask(gpu->id, call, argument, &value);
    if (code == OK) *first = part(value, 0);
    if (code == OK && second) *second = part(value, 1);
    return code;
}

static int text(const char *gpu, const char *call, char *out, unsigned size) {
    const char *value = "";
    int code = ask(gpu, call, "", &value);
    if (code != OK) return code;
    if (strlen(value) >= size) return INSUFFICIENT_SIZE;
    strcpy(out, value);
    return OK;
}

/* --- library and list of GPUs ---------------------------------------------------------------- */

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    if (!first_init) first_init = real_now();
    references++;
    const Row *row = in_force("-", "nvmlInit", "", now());
    int code = finish("-", "nvmlInit", "", row ? row->code : OK, now(), row ? row->latency : 0);
    if (code != OK) references--;
    else last_init = now();
    return code;
}
int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
int nvmlShutdown(void) {
    if (!references) return UNINITIALIZED;
    references--;
    return finish("-", "nvmlShutdown", "", OK, now(), 0);
}

const char *nvmlErrorString(int code) {
    switch (code) {
    case OK: return "Success";
    case UNINITIALIZED: return "Uninitialized";
    case INVALID_ARGUMENT: return "Invalid Argument";
    case NOT_SUPPORTED: return "Not Supported";
    case 4: return "Insufficient Permissions";
    case NOT_FOUND: return "Not Found";
    case INSUFFICIENT_SIZE: return "Insufficient Size";
    case 9: return "Driver Not Loaded";
    case 10: return "Timeout";
    case 13: return "Function Not Found";
    case LOST: return "GPU is lost";
    case VERSION_MISMATCH: return "Argument Version Mismatch";
    default: return "Unknown Error";
    }
}

static int gpu_count(void) {
    const Row *row = in_force("-", "nvmlDeviceGetCount", "", now());
    return row ? atoi(row->value) : listed;
}
int nvmlDeviceGetCount_v2(unsigned *out) {
    const Row *row = in_force("-", "nvmlDeviceGetCount", "", now());
    if (!references) return UNINITIALIZED;
    *out = (unsigned)gpu_count();
    return finish("-", "nvmlDeviceGetCount", "", row ? row->code : OK, now(), row ? row->latency : 0);
}
int nvmlSystemGetDriverVersion(char *out, unsigned size) {
    return text("-", "nvmlSystemGetDriverVersion", out, size);
}
int nvmlSystemGetCudaDriverVersion(int *out) {
    const char *value = "";
    int code = ask("-", "nvmlSystemGetCudaDriverVersion", "", &value);
    if (code == OK) *out = atoi(value);
    return code;
}
int nvmlSystemGetCudaDriverVersion_v2(int *out) { return nvmlSystemGetCudaDriverVersion(out); }

static int handle_of(int index, const char *call, Handle *out) {
    double latency = 0, when = now();
    int code = fault_of(gpus[index].id, when, &latency);
    *out = &gpus[index];
    return finish(gpus[index].id, call, "", code, when, latency);
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Handle *out) {
    if (!references) return UNINITIALIZED;
    if ((int)index >= gpu_count() || index >= MAX_GPUS) return INVALID_ARGUMENT;
    return handle_of((int)index, "nvmlDeviceGetHandleByIndex", out);
}
static int handle_with(const char *call, const char *property, const char *wanted, Handle *out) {
    if (!references) return UNINITIALIZED;
    for (int i = 0; i < gpu_count() && i < MAX_GPUS; i++) {
        const Row *row = row_of(gpus[i].id, property, "", now());
        if (row && !strcmp(row->value, wanted)) return handle_of(i, call, out);
    }
    return NOT_FOUND;
}
int nvmlDeviceGetHandleByUUID(const char *uuid, Handle *out) {
    return handle_with("nvmlDeviceGetHandleByUUID", "nvmlDeviceGetUUID", uuid, out);
}
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, Handle *out) {
    return handle_with("nvmlDeviceGetHandleByPciBusId", "nvmlDeviceGetPciInfo", bus, out);
}
int nvmlDeviceGetIndex(Handle gpu, unsigned *out) {
    *out = (unsigned)gpu->index;
    return references ? OK : UNINITIALIZED;
}

/* --- one number, two numbers, a text ----------------------------------------------------------- */

#define TEXT(name) int name(Handle gpu, char *out, unsigned size) { return text(gpu->id, #name, out, size); }
#define NUMBER(name, call, type)                                                                   \
    int name(Handle gpu, type *out) {                                                              \
        u64 found = 0;                                                                             \
        int code = numbers(gpu, call, "", &found, NULL);                                           \
        if (code == OK) *out = (type)found;                                                        \
        return code;                                                                               \
    }
#define PAIR(name, call, type)                                                                     \
    int name(Handle gpu, type *one, type *two) {                                                   \
        u64 first = 0, second = 0;                                                                 \
        int code = numbers(gpu, call, "", &first, &second);                                        \
        if (code == OK) *one = (type)first, *two = (type)second;                                   \
        return code;                                                                               \
    }
#define NUMBER_OF(name)                                                                            \
    int name(Handle gpu, unsigned which, unsigned *out) {                                          \
        char argument[16];                                                                         \
        u64 found = 0;                                                                             \
        snprintf(argument, sizeof argument, "%u", which);                                          \
        int code = numbers(gpu, #name, argument, &found, NULL);                                    \
        if (code == OK) *out = (unsigned)found;                                                    \
        return code;                                                                               \
    }
#define U(name) NUMBER(name, #name, unsigned)

TEXT(nvmlDeviceGetName)
TEXT(nvmlDeviceGetUUID)
TEXT(nvmlDeviceGetSerial)
U(nvmlDeviceGetFanSpeed)
U(nvmlDeviceGetPowerUsage)
U(nvmlDeviceGetPowerManagementLimit)
U(nvmlDeviceGetPowerManagementDefaultLimit)
U(nvmlDeviceGetEnforcedPowerLimit)
U(nvmlDeviceGetCurrPcieLinkGeneration)
U(nvmlDeviceGetCurrPcieLinkWidth)
U(nvmlDeviceGetMaxPcieLinkGeneration)
U(nvmlDeviceGetMaxPcieLinkWidth)
U(nvmlDeviceGetDisplayActive)
U(nvmlDeviceGetDisplayMode)
U(nvmlDeviceGetPersistenceMode)
U(nvmlDeviceGetPerformanceState)
U(nvmlDeviceGetComputeMode)
U(nvmlDeviceGetMinorNumber)
U(nvmlDeviceIsMigDeviceHandle)
U(nvmlDeviceGetMaxMigDeviceCount)
NUMBER(nvmlDeviceGetTotalEnergyConsumption, "nvmlDeviceGetTotalEnergyConsumption", u64)
NUMBER(nvmlDeviceGetCurrentClocksEventReasons, "nvmlDeviceGetCurrentClocksEventReasons", u64)
NUMBER(nvmlDeviceGetCurrentClocksThrottleReasons, "nvmlDeviceGetCurrentClocksEventReasons", u64)
PAIR(nvmlDeviceGetEncoderUtilization, "nvmlDeviceGetEncoderUtilization", unsigned)
PAIR(nvmlDeviceGetDecoderUtilization, "nvmlDeviceGetDecoderUtilization", unsigned)
PAIR(nvmlDeviceGetCudaComputeCapability, "nvmlDeviceGetCudaComputeCapability", int)
PAIR(nvmlDeviceGetMigMode, "nvmlDeviceGetMigMode", unsigned)
PAIR(nvmlDeviceGetDriverModel, "nvmlDeviceGetDriverModel", unsigned)
PAIR(nvmlDeviceGetDriverModel_v2, "nvmlDeviceGetDriverModel", unsigned)
NUMBER_OF(nvmlDeviceGetTemperature)
NUMBER_OF(nvmlDeviceGetTemperatureThreshold)
NUMBER_OF(nvmlDeviceGetClockInfo)
NUMBER_OF(nvmlDeviceGetMaxClockInfo)
NUMBER_OF(nvmlDeviceGetPcieThroughput)
NUMBER_OF(nvmlDeviceGetNvLinkState)

int nvmlDeviceGetTotalEccErrors(Handle gpu, unsigned kind, unsigned counter, u64 *out) {
    char argument[16];
    snprintf(argument, sizeof argument, "%u:%u", kind, counter);
    return numbers(gpu, "nvmlDeviceGetTotalEccErrors", argument, out, NULL);
}

/* --- structures ---------------------------------------------------------------------------------- */

struct utilization { unsigned gpu, memory; };
int nvmlDeviceGetUtilizationRates(Handle gpu, struct utilization *out) {
    u64 busy = 0, memory = 0;
    int code = numbers(gpu, "nvmlDeviceGetUtilizationRates", "", &busy, &memory);
    if (code == OK) out->gpu = (unsigned)busy, out->memory = (unsigned)memory;
    return code;
}

struct temperature { unsigned version, sensor; int celsius; };
int nvmlDeviceGetTemperatureV(Handle gpu, struct temperature *out) {
    unsigned found = 0;
    if (out->version != (sizeof(struct temperature) | 1u << 24)) return VERSION_MISMATCH;
    int code = nvmlDeviceGetTemperature(gpu, out->sensor, &found);
    if (code == OK) out->celsius = (int)found;
    return code;
}

struct memory { u64 total, free, used; };
struct memory_v2 { unsigned version; u64 total, reserved, free, used; };
static int memory_of(Handle gpu, const char *call, const char **value) {
    return gpu ? ask(gpu->id, call, "", value) : INVALID_ARGUMENT;
}
int nvmlDeviceGetMemoryInfo_v2(Handle gpu, struct memory_v2 *out) {
    const char *v = "";
    if (out->version != (sizeof(struct memory_v2) | 2u << 24)) return VERSION_MISMATCH;
    int code = memory_of(gpu, "nvmlDeviceGetMemoryInfo", &v);
    if (code == OK)
        out->total = part(v, 0), out->free = part(v, 1), out->used = part(v, 2), out->reserved = part(v, 3);
    return code;
}
int nvmlDeviceGetMemoryInfo(Handle gpu, struct memory *out) {
    const char *v = "";
    int code = memory_of(gpu, "nvmlDeviceGetMemoryInfo", &v);
    if (code == OK) /* the first version counts what is reserved as used */
        *out = (struct memory){part(v, 0), part(v, 1), part(v, 2) + part(v, 3)};
    return code;
}
int nvmlDeviceGetBAR1MemoryInfo(Handle gpu, struct memory *out) {
    const char *v = "";
    int code = memory_of(gpu, "nvmlDeviceGetBAR1MemoryInfo", &v);
    if (code == OK) *out = (struct memory){part(v, 0), part(v, 1), part(v, 2)};
    return code;
}

struct pci { char old_id[16]; unsigned domain, bus, device, device_id, subsystem_id; char id[32]; };
int nvmlDeviceGetPciInfo_v3(Handle gpu, struct pci *out) {
    memset(out, 0, sizeof *out);
    int code = text(gpu->id, "nvmlDeviceGetPciInfo", out->id, sizeof out->id);
    if (code != OK) return code;
    sscanf(out->id, "%x:%x:%x", &out->domain, &out->bus, &out->device);
    snprintf(out->old_id, sizeof out->old_id, "%04x:%02x:%02x.0", out->domain & 0xffff,
             out->bus & 0xff, out->device & 0xff);
    return OK;
}

/* --- fields: each entry has its own return code --------------------------------------------------- */

struct field {
    unsigned id, scope;
    long long timestamp, latency;
    unsigned type;
    int code;
    union { double d; unsigned u; u64 ull; } value;
};
static int is_small(unsigned id) { return id == 82 || id == 91 || id == 185 || id == 186; }

int nvmlDeviceGetFieldValues(Handle gpu, int count, struct field *out) {
    const char *call = "nvmlDeviceGetFieldValues";
    double when = now(), latency = 0;
    if (!references) return UNINITIALIZED;
    int fault = fault_of(gpu->id, when, &latency);
    for (int i = 0; i < count && fault == OK; i++) {
        char exact[32], plain[16];
        snprintf(exact, sizeof exact, "%u:%u", out[i].id, out[i].scope);
        snprintf(plain, sizeof plain, "%u", out[i].id);
        const Row *row = row_of(gpu->id, call, exact, when);
        if (!row) row = row_of(gpu->id, call, plain, when);
        out[i].code = row ? row->code : NOT_SUPPORTED;
        out[i].timestamp = (long long)(when * 1e6) + 1;
        out[i].type = is_small(out[i].id) ? 1 : 3;
        if (row && is_small(out[i].id)) out[i].value.u = (unsigned)part(row->value, 0);
        else if (row) out[i].value.ull = part(row->value, 0);
        if (row && latency >= 0) latency = row->latency < 0 ? -1 : latency + row->latency;
    }
    return finish(gpu->id, call, "", fault, when, latency);
}

/* --- processes --------------------------------------------------------------------------------------- */

struct process { unsigned pid; u64 used; unsigned gpu_instance, compute_instance; };
struct wide_process { struct process plain; u64 is_protected; }; /* a few drivers' third version */

static int processes(Handle gpu, const char *call, unsigned *count, void *out, size_t size) {
    const char *at = "";
    unsigned found = 0, room = *count;
    int code = ask(gpu->id, call, "", &at);
    if (code != OK) return code;
    for (; *at; at += strcspn(at, ";"), at += *at == ';', found++) {
        if (!out || found >= room) continue;
        struct process *entry = (struct process *)((char *)out + size * found);
        const char *used = strchr(at, ':') + 1;
        memset(entry, 0xff, size); /* instances: none */
        entry->pid = !strncmp(at, "self", 4) ? (unsigned)getpid()
                     : !strncmp(at, "parent", 6) ? (unsigned)getppid() : (unsigned)atoi(at);
        if (strncmp(used, "N/A", 3)) entry->used = strtoull(used, NULL, 10);
    }
    *count = found;
    return found > room ? INSUFFICIENT_SIZE : OK;
}

#ifdef WIDE_PROCESS_ENTRIES
#define ENTRY struct wide_process
int nvmlDeviceGetConfComputeMemSizeInfo(Handle gpu, void *out) { (void)gpu, (void)out; return NOT_SUPPORTED; }
#else
#define ENTRY struct process
#endif
#define PROCESSES(name, entry)                                                                     \
    int name(Handle gpu, unsigned *count, void *out) {                                             \
        char call[64] = #name;                                                                     \
        if (strstr(call, "_v")) *strstr(call, "_v") = 0;                                           \
        return processes(gpu, call, count, out, sizeof(entry));                                    \
    }
PROCESSES(nvmlDeviceGetComputeRunningProcesses_v3, ENTRY)
PROCESSES(nvmlDeviceGetGraphicsRunningProcesses_v3, ENTRY)
PROCESSES(nvmlDeviceGetMPSComputeRunningProcesses_v3, ENTRY)
PROCESSES(nvmlDeviceGetComputeRunningProcesses_v2, struct process)
PROCESSES(nvmlDeviceGetGraphicsRunningProcesses_v2, struct process)
PROCESSES(nvmlDeviceGetMPSComputeRunningProcesses_v2, struct process)

int nvmlDeviceGetProcessUtilization(Handle gpu, void *out, unsigned *count, u64 since) {
    const char *value = "";
    (void)out, (void)since;
    *count = 0;
    return ask(gpu->id, "nvmlDeviceGetProcessUtilization", "", &value);
}
