#ifndef CDASHBOARD_H
#define CDASHBOARD_H

#include <stddef.h>

/// Names of the dashboard's files below `assets`, in the order of their bytes; a null pointer ends the list.
extern const char *const *const headgate_dashboard_names;
/// The files, one behind the other, each followed by a zero.
extern const unsigned char *const headgate_dashboard_bytes;
/// Length of all of them in bytes, the zeros included.
extern const size_t headgate_dashboard_length;

#endif
