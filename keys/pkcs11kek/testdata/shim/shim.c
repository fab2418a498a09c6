/*
 * A PKCS#11 library between the tests and SoftHSM, which can be taken away, be
 * busy and hesitate as a networked HSM does. The tests steer it by files in the
 * directory SHIM_DIR; the library behind it is SHIM_LIBRARY.
 *
 *   calls     one nanosecond clock reading (8 bytes) for each operation begun
 *   gate      a symbolic link: operations that begin now wait while its target exists
 *   busy      as many operations as it has bytes are answered CKR_DEVICE_MEMORY
 *   gone      while it exists nothing works
 *   losses    a byte more: every session is lost
 *   stubborn  while it exists, what is lost comes back only after C_Finalize
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "pkcs11go.h"

static CK_FUNCTION_LIST_PTR real;
static CK_FUNCTION_LIST ours;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t use = PTHREAD_RWLOCK_INITIALIZER; /* SoftHSM crashes if a session is closed while another thread uses it */
static long losses;
static int dead;

static const char *in(const char *name, char *path)
{
	snprintf(path, PATH_MAX, "%s/%s", getenv("SHIM_DIR"), name);
	return path;
}

static long size(const char *name)
{
	char path[PATH_MAX];
	struct stat s;
	return stat(in(name, path), &s) == 0 ? (long)s.st_size : -1;
}

static void lose(void)
{
	CK_SLOT_ID slots[64];
	CK_ULONG n = 64;
	if (real->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK)
		return;
	for (CK_ULONG i = 0; i < n; i++)
		real->C_CloseAllSessions(slots[i]);
}

/* there says whether the device can be asked. */
static CK_RV there(void)
{
	CK_RV rv = CKR_OK;
	pthread_mutex_lock(&lock);
	long now = size("losses");
	if (now >= 0 && now != losses) {
		losses = now;
		pthread_rwlock_wrlock(&use);
		lose();
		pthread_rwlock_unlock(&use);
		dead = size("stubborn") >= 0;
	}
	if (size("gone") >= 0)
		rv = CKR_DEVICE_REMOVED;
	else if (dead)
		rv = CKR_DEVICE_ERROR;
	pthread_mutex_unlock(&lock);
	return rv;
}

/* begin is where an operation is counted, held and turned away. */
static CK_RV begin(void)
{
	char path[PATH_MAX], gate[PATH_MAX];
	struct timespec t;
	CK_RV rv = there();
	if (rv != CKR_OK)
		return rv;
	clock_gettime(CLOCK_REALTIME, &t);
	long long ns = t.tv_sec * 1000000000LL + t.tv_nsec;
	int fd = open(in("calls", path), O_WRONLY | O_APPEND | O_CREAT, 0600);
	ssize_t written = write(fd, &ns, sizeof ns);
	close(fd);
	if (written != sizeof ns)
		abort();
	ssize_t n = readlink(in("gate", path), gate, sizeof gate - 1);
	pthread_mutex_lock(&lock);
	long busy = size("busy");
	if (busy > 0)
		busy = truncate(in("busy", path), busy - 1) == 0;
	pthread_mutex_unlock(&lock);
	if (n > 0) {
		gate[n] = 0;
		while (access(gate, F_OK) == 0 && there() == CKR_OK)
			usleep(1000);
	}
	if (busy > 0)
		return CKR_DEVICE_MEMORY;
	return there();
}

#define REAL(rv, call)                                                         \
	do {                                                                   \
		CK_RV r = (rv);                                                \
		if (r == CKR_OK) {                                             \
			pthread_rwlock_rdlock(&use);                           \
			r = real->call;                                        \
			pthread_rwlock_unlock(&use);                           \
		}                                                              \
		return r;                                                      \
	} while (0)

static CK_RV open_session(CK_SLOT_ID s, CK_FLAGS f, CK_VOID_PTR a, CK_NOTIFY n, CK_SESSION_HANDLE_PTR h) { REAL(there(), C_OpenSession(s, f, a, n, h)); }
static CK_RV close_session(CK_SESSION_HANDLE h) { REAL(CKR_OK, C_CloseSession(h)); }
static CK_RV get_slot_list(CK_BBOOL t, CK_SLOT_ID_PTR l, CK_ULONG_PTR n) { REAL(there(), C_GetSlotList(t, l, n)); }
static CK_RV get_session_info(CK_SESSION_HANDLE h, CK_SESSION_INFO_PTR i) { REAL(there(), C_GetSessionInfo(h, i)); }
static CK_RV get_attributes(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR t, CK_ULONG n) { REAL(there(), C_GetAttributeValue(h, o, t, n)); }
static CK_RV find_init(CK_SESSION_HANDLE h, CK_ATTRIBUTE_PTR t, CK_ULONG n) { REAL(there(), C_FindObjectsInit(h, t, n)); }
static CK_RV find(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE_PTR o, CK_ULONG m, CK_ULONG_PTR n) { REAL(there(), C_FindObjects(h, o, m, n)); }
static CK_RV find_final(CK_SESSION_HANDLE h) { REAL(there(), C_FindObjectsFinal(h)); }
static CK_RV login(CK_SESSION_HANDLE h, CK_USER_TYPE u, CK_UTF8CHAR_PTR p, CK_ULONG n) { REAL(there(), C_Login(h, u, p, n)); }
static CK_RV generate(CK_SESSION_HANDLE h, CK_MECHANISM_PTR m, CK_ATTRIBUTE_PTR t, CK_ULONG n, CK_OBJECT_HANDLE_PTR o) { REAL(there(), C_GenerateKey(h, m, t, n, o)); }
static CK_RV encrypt_init(CK_SESSION_HANDLE h, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k) { REAL(begin(), C_EncryptInit(h, m, k)); }
static CK_RV encrypt(CK_SESSION_HANDLE h, CK_BYTE_PTR p, CK_ULONG n, CK_BYTE_PTR o, CK_ULONG_PTR on) { REAL(there(), C_Encrypt(h, p, n, o, on)); }
static CK_RV decrypt_init(CK_SESSION_HANDLE h, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k) { REAL(begin(), C_DecryptInit(h, m, k)); }
static CK_RV decrypt(CK_SESSION_HANDLE h, CK_BYTE_PTR p, CK_ULONG n, CK_BYTE_PTR o, CK_ULONG_PTR on) { REAL(there(), C_Decrypt(h, p, n, o, on)); }

static CK_RV finalize(CK_VOID_PTR p)
{
	pthread_mutex_lock(&lock);
	dead = 0;
	pthread_mutex_unlock(&lock);
	return real->C_Finalize(p);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
	void *library = dlopen(getenv("SHIM_LIBRARY"), RTLD_NOW | RTLD_LOCAL);
	CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
	CK_RV rv = get ? get(&real) : CKR_GENERAL_ERROR;
	if (rv != CKR_OK)
		return rv;
	losses = size("losses");
	ours = *real;
	ours.C_GetFunctionList = C_GetFunctionList;
	ours.C_OpenSession = open_session;
	ours.C_CloseSession = close_session;
	ours.C_GetAttributeValue = get_attributes;
	ours.C_FindObjects = find;
	ours.C_FindObjectsFinal = find_final;
	ours.C_GenerateKey = generate;
	ours.C_GetSlotList = get_slot_list;
	ours.C_GetSessionInfo = get_session_info;
	ours.C_FindObjectsInit = find_init;
	ours.C_Login = login;
	ours.C_Encrypt = encrypt;
	ours.C_Decrypt = decrypt;
	ours.C_EncryptInit = encrypt_init;
	ours.C_DecryptInit = decrypt_init;
	ours.C_Finalize = finalize;
	*list = &ours;
	return CKR_OK;
}
