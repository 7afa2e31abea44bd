; The Windows setup: for one user, without administrator rights. packaging/windows/nsis.py runs it
; with the defines VERSION, VERSION4, EVERYTHING, ICON, LICENCE, OUTFILE and SIZE_KIB.
;
;   hwstudio-setup.exe /S                install silently; /D=C:\folder (last, no quotes) elsewhere
;   uninstall.exe /S                     remove silently; settings, history and projects stay
;   uninstall.exe /S /PURGE              remove the settings and the history too
; Exit codes: 0 done, 1 stopped by the user, 2 hwstudio is running or files cannot be written.

Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
SetCompressorDictSize 32
RequestExecutionLevel user
!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\hwstudio"
!define PROJECT_CLASS "hwstudio.project"
!define ASSOCIATIONS_CHANGED 0x08000000

Name "hwstudio"
OutFile "${OUTFILE}"
InstallDir "$LOCALAPPDATA\Programs\hwstudio"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "hwstudio ${VERSION}"
VIProductVersion "${VERSION4}"
VIAddVersionKey "ProductName" "hwstudio"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Setup of hwstudio"
VIAddVersionKey "LegalCopyright" "hwstudio contributors, MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\hwstudio.exe"
!define MUI_FINISHPAGE_NOREBOOTSUPPORT
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; A running program cannot be overwritten; half an update would be worse than none.
!macro StopWhileRunning
  ${If} ${FileExists} "$INSTDIR\hwstudio.exe"
    ClearErrors
    FileOpen $0 "$INSTDIR\hwstudio.exe" a
    ${If} ${Errors}
      MessageBox MB_OK|MB_ICONEXCLAMATION "hwstudio is running, or its files cannot be written. Close it and start this again." /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

; Only what the setup brought; a file of the user's own in this folder stays.
!macro RemoveProgram
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\hwstudio.exe"
  Delete "$INSTDIR\hwstudio-cli.exe"
  Delete "$INSTDIR\hwstudio-worker.exe"
!macroend

Section "hwstudio"
  !insertmacro StopWhileRunning
  !insertmacro RemoveProgram
  SetOutPath "$INSTDIR"
  ClearErrors
  File /r /x __pycache__ "${EVERYTHING}"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "Not all files could be written to $INSTDIR. Is the disk full?" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\hwstudio.lnk" "$INSTDIR\hwstudio.exe"

  WriteRegStr HKCU "Software\Classes\.hws" "" "${PROJECT_CLASS}"
  WriteRegStr HKCU "Software\Classes\${PROJECT_CLASS}" "" "hwstudio project"
  WriteRegStr HKCU "Software\Classes\${PROJECT_CLASS}\DefaultIcon" "" "$INSTDIR\hwstudio.exe,0"
  WriteRegStr HKCU "Software\Classes\${PROJECT_CLASS}\shell\open\command" "" '"$INSTDIR\hwstudio.exe" "%1"'

  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "hwstudio"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\hwstudio.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "hwstudio contributors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE_KIB}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  System::Call 'shell32::SHChangeNotify(i ${ASSOCIATIONS_CHANGED}, i 0, p 0, p 0)'
SectionEnd

Section "un.hwstudio" un_program
  SectionIn RO
  !insertmacro StopWhileRunning
  !insertmacro RemoveProgram
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\hwstudio.lnk"
  ReadRegStr $0 HKCU "Software\Classes\.hws" ""
  ${If} $0 == "${PROJECT_CLASS}"
    DeleteRegKey HKCU "Software\Classes\.hws"
  ${EndIf}
  DeleteRegKey HKCU "Software\Classes\${PROJECT_CLASS}"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  System::Call 'shell32::SHChangeNotify(i ${ASSOCIATIONS_CHANGED}, i 0, p 0, p 0)'
SectionEnd

; Not ticked: settings, history and results stay unless the user asks for it.
Section /o "un.My settings, history and results too" un_data
  RMDir /r "$LOCALAPPDATA\hwstudio"
SectionEnd

Function un.onInit
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/PURGE" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${un_data}
  ${EndIf}
FunctionEnd
