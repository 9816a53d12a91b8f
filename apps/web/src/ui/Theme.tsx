/** Ant Design in our colours, sizes and language. */

import { App, ConfigProvider, theme } from "antd";
import type { ThemeConfig } from "antd";
import enUS from "antd/es/locale/en_US";
import zhCN from "antd/es/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect, useMemo } from "react";
import type { ReactNode } from "react";
import { dark, fontFamily, light } from "../lib/palette.ts";
import type { Palette } from "../lib/palette.ts";
import { useIsCalm, useIsDark, usePreferences } from "../lib/preferences.ts";

export function themeOf(palette: Palette, isCalm: boolean): ThemeConfig {
  return {
    algorithm: palette.isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    hashed: false,
    token: {
      colorPrimary: palette.accent,
      colorInfo: palette.accent,
      colorSuccess: palette.met,
      colorWarning: palette.amber,
      colorError: palette.red,
      colorLink: palette.accent,
      colorLinkHover: palette.accentHover,
      colorTextBase: palette.ink,
      colorText: palette.ink,
      colorTextSecondary: palette.inkSoft,
      colorTextTertiary: palette.inkFaint,
      colorTextDescription: palette.inkSoft,
      colorTextPlaceholder: palette.inkFaint,
      colorTextLightSolid: palette.onAccent,
      colorBgBase: palette.surface,
      colorBgLayout: palette.paper,
      colorBgContainer: palette.raised,
      colorBgElevated: palette.raised,
      colorBgSpotlight: palette.isDark ? "#cfd9d8" : "#24333a",
      colorBorder: palette.lineStrong,
      colorBorderSecondary: palette.line,
      colorSplit: palette.line,
      fontFamily,
      fontSize: 14,
      lineHeight: 1.65,
      borderRadius: 6,
      controlHeight: 34,
      motion: !isCalm,
      wireframe: false,
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      Drawer: { colorBgElevated: palette.surface },
      Segmented: {
        trackBg: palette.isDark ? "#0d1214" : "#e9e5da",
        itemSelectedBg: palette.raised,
        itemColor: palette.inkSoft,
      },
    },
  };
}

export function Theme({ children }: { readonly children: ReactNode }) {
  const { language } = usePreferences();
  const isDark = useIsDark();
  const isCalm = useIsCalm();
  const palette = isDark ? dark : light;
  useEffect(() => {
    dayjs.locale(language === "zh-CN" ? "zh-cn" : "en");
  }, [language]);
  const config = useMemo(() => themeOf(palette, isCalm), [palette, isCalm]);
  return (
    <ConfigProvider theme={config} locale={language === "zh-CN" ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      <App component={false} message={{ top: 64 }}>
        {children}
      </App>
    </ConfigProvider>
  );
}
