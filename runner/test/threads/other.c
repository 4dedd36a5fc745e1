/* other.c: thread-local data of another object; see main.c. */

_Thread_local char odd = 1; /* so that what follows needs aligning */
_Thread_local int far_number = 0x55;
_Thread_local int far_blank;
