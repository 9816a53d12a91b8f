/** What the run's set-up and the test files agree on. */

export const templateName = "xingfu_template";
/** folder of the run's server, which the first test that needs it starts */
export const folderVariable = "XINGFU_TEST_DATA";
/** address of another PostgreSQL to test on instead, as a user that may create databases and roles */
export const urlVariable = "XINGFU_TEST_URL";
