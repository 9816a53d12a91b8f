/** What the run's set-up and the test files agree on. */

export const templateName = "xingfu_template";
/** folder of the run's server, which the first test that needs it starts */
export const folderVariable = "XINGFU_TEST_DATA";
